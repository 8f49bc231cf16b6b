import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type ParsedDmarc, parseDmarc } from "../../../components/mail-dns/dmarc/record";
import { type CheckdmarcResult, checkdmarc } from "./checkdmarc";

const pick = fc.constantFrom<string[]>;
const address = pick(
  "mailto:a@example.com",
  "mailto:b+c@reports.example.net",
  "MAILTO:D@Example.org",
  "https://example.com/r",
);
const brokenAddress = pick(
  "mailto:a@example.com!10m",
  "mailto:a@example.com!10x",
  "mailto:a%21b@example.com",
  "mailto:a@example.com?subject=x",
  "a@example.com",
  "mailto:",
  "mailto:a@-",
  "",
);
const uris = fc
  .array(fc.oneof({ weight: 9, arbitrary: address }, { weight: 1, arbitrary: brokenAddress }), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((list) => pick(",", ", ", " ,").map((comma) => list.join(comma)));
/** A valid value nearly always, so that most records get through as a whole. */
const mostly = (valid: fc.Arbitrary<string>, broken: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 14, arbitrary: valid }, { weight: 1, arbitrary: broken });
const policy = mostly(pick("none", "quarantine", "reject", "Reject"), pick("block", "none reject", ""));
const mode = mostly(pick("r", "s", "S"), pick("relaxed", ""));
const tag = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(pick("sp", "np"), policy) },
  { weight: 4, arbitrary: fc.tuple(pick("adkim", "aspf"), mode) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("t"), mostly(pick("y", "n", "Y"), pick("yes"))) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("psd"), mostly(pick("y", "n", "u"), pick("x"))) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant("fo"),
      mostly(pick("0", "1", "d", "s", "1:d:s", "d:0", "D:S"), pick("0:1", "d:d", "x", "0:", "")),
    ),
  },
  { weight: 6, arbitrary: fc.tuple(pick("rua", "ruf"), uris) },
  { weight: 2, arbitrary: fc.tuple(pick("pct", "rf", "ri", "foo"), pick("100", "afrf", "86400", "x=y")) },
);
const equals = fc.oneof(
  { weight: 9, arbitrary: fc.constant("=") },
  { weight: 1, arbitrary: pick(" = ", "= ", "\t=") },
);
const separator = fc.oneof(
  { weight: 9, arbitrary: pick("; ", ";") },
  { weight: 1, arbitrary: pick(" ; ", ";\t", ";;") },
);
const malformed = pick("nonsense", "x1=2", "=none");
const upperCase = fc.oneof(
  { weight: 40, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);
const part = fc.oneof(
  {
    weight: 40,
    arbitrary: fc
      .tuple(tag, equals, upperCase)
      .map(([[name, value], is, isUpper]) => `${isUpper ? name.toUpperCase() : name}${is}${value}`),
  },
  { weight: 1, arbitrary: malformed },
);
const version = fc.oneof(
  { weight: 25, arbitrary: pick("v=DMARC1", "v=DMARC1", "V=DMARC1", "v = DMARC1") },
  { weight: 1, arbitrary: pick("v=DMARC2", "v=dmarc1", "v=DMARC11", "p=none", " v=DMARC1") },
);
const own = fc.oneof(
  { weight: 12, arbitrary: policy.map((value) => [`p=${value}`]) },
  { weight: 1, arbitrary: fc.constant([]) },
);
// Parts with names that differ, but now and then one that repeats.
const parts = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.uniqueArray(part, {
      maxLength: 5,
      selector: (text) => text.split(/\s*=/)[0]?.toLowerCase(),
    }),
  },
  { weight: 4, arbitrary: fc.array(part, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant(["foo=1", "foo=2"]) },
);
const text = fc
  .tuple(version, own, parts, separator, pick("", "", ";", " ; "))
  .map(([first, p, others, between, end]) => [first, ...p, ...others].join(between) + end);

/** What both say of one text. */
interface Verdicts {
  text: string;
  ours: ParsedDmarc;
  theirs: CheckdmarcResult;
}

const heard = ({ ours }: Verdicts, pattern: RegExp) =>
  ours.findings.some(({ message }) => pattern.test(message));
const failed = ({ theirs }: Verdicts, error: string) => "error" in theirs && theirs.error === error;
const hasUpperCaseName = ({ ours }: Verdicts) =>
  ours.unknown.some(([name]) =>
    ["sp", "np", "adkim", "aspf", "t", "psd", "fo", "rua", "ruf", "pct", "rf", "ri"].includes(
      name.toLowerCase(),
    ),
  );

/**
 * Where the two differ, and why ours is meant. Each covers only texts that it describes: it demands that our
 * finding tells of what checkdmarc refuses.
 */
const EXCEPTIONS: Record<string, (verdicts: Verdicts) => boolean> = {
  // RFC 9989 section 4.8: syntax errors in the remainder of a record are discarded or ignored; section 4.10.1
  // says what a broken policy means. checkdmarc refuses the record, except for adkim and aspf.
  "a broken value is refused": (both) =>
    failed(both, "InvalidDMARCTagValue") && heard(both, /^(p|sp|np|fo|t|psd)=.* is not valid/),
  // RFC 9989 section 4.8, as above, for parts without a name or a value.
  "a broken part is refused": (both) =>
    failed(both, "DMARCSyntaxError") &&
    heard(both, /is not of the form|^[a-z]+= is not valid|^ru[af] has ""/),
  // RFC 9989 section 4.7: URIs that receivers do not support are ignored; they do not make the record void.
  "a broken report address is refused": (both) =>
    failed(both, "InvalidDMARCReportURI") && heard(both, /which is no URI|without a mail address/),
  // RFC 6376 section 3.2, which RFC 9989 section 4.7 builds on: names of tags are case-sensitive.
  "names of tags in upper case count": (both) => hasUpperCaseName(both),
  // RFC 6376 section 3.2: any tag that occurs twice makes the list void. checkdmarc lets unknown tags repeat.
  "an unknown tag may repeat": (both) => "tags" in both.theirs && heard(both, /more than one tag foo,/),
  // checkdmarc reads a mail address from the front of a URI, and leaves what it does not know.
  "what follows an address is left out": (both) =>
    "tags" in both.theirs && /!10x|\?subject=x|mailto:a@-/.test(both.text),
  // RFC 9989 section 4.7 treats a record without p as p=none, and section 4.10.1 lets that depend on rua and
  // drops sp and np. We follow 4.10.1, as mailauth does.
  "a record without p keeps its other policies": (both) =>
    "tags" in both.theirs && both.ours.record !== undefined && both.ours.record.p === undefined,
};

/** The meaning of a text as both can say it; undefined where the whole is void. */
function meaning({ record, policies }: ParsedDmarc): Record<string, unknown> | undefined {
  const addresses = (uris: string[] | undefined) => uris?.map((uri) => uri.replace(/^mailto:/i, ""));
  return (
    record && {
      ...policies,
      adkim: record.adkim ?? "r",
      aspf: record.aspf ?? "r",
      t: record.t ?? "n",
      psd: record.psd ?? "u",
      fo: record.fo?.join(":") ?? "0",
      rua: addresses(record.rua),
      ruf: addresses(record.ruf),
    }
  );
}

function theirMeaning(theirs: CheckdmarcResult): Record<string, unknown> | undefined {
  if ("error" in theirs) {
    return undefined;
  }
  const { v, ...tags } = theirs.tags;
  const plain = Object.entries(tags).map(([name, value]) => [
    name,
    typeof value === "string" ? value : value.map((uri) => uri.address),
  ]);
  return { rua: undefined, ruf: undefined, ...Object.fromEntries(plain) };
}

describe("5,000 generated records, valid and broken, read by checkdmarc too", () => {
  const texts = fc.sample(text, { numRuns: 5000, seed: 9989 });
  let all: Verdicts[] = [];

  beforeAll(async () => {
    const theirs = await checkdmarc(texts);
    all = theirs.map((result, index) => {
      const given = texts[index] ?? "";
      return { text: given, ours: parseDmarc(given, "_dmarc.example.com"), theirs: result };
    });
  });

  const differs = ({ ours, theirs }: Verdicts) => {
    try {
      expect(meaning(ours)).toEqual(theirMeaning(theirs));
      return false;
    } catch {
      return true;
    }
  };

  it("have the same meaning, but for what a documented exception explains", () => {
    expect(all).toHaveLength(5000);
    const unexplained = all.filter(
      (both) => differs(both) && !Object.values(EXCEPTIONS).some((explains) => explains(both)),
    );
    expect(unexplained.slice(0, 3)).toEqual([]);
  });

  it("are mostly alike: more than 2,000 valid ones in both, more than 100 void ones in both", () => {
    const alike = all.filter((both) => !differs(both));
    expect(alike.filter(({ ours }) => ours.record).length).toBeGreaterThan(2000);
    expect(alike.filter(({ ours }) => !ours.record).length).toBeGreaterThan(100);
  });

  it.each(Object.keys(EXCEPTIONS))("show that the exception is needed: %s", (name) => {
    const others = Object.entries(EXCEPTIONS).filter(([other]) => other !== name);
    const needed = all.filter((both) => differs(both) && !others.some(([, explains]) => explains(both)));
    expect(needed.length).toBeGreaterThan(0);
  });

  it("never lack a finding of ours where checkdmarc refuses one", () => {
    const silent = all.filter(({ ours, theirs }) => "error" in theirs && ours.findings.length === 0);
    expect(silent).toEqual([]);
  });
});
