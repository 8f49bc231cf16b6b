import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildDmarc, type DmarcRecord, parseDmarc } from "../../../components/mail-dns/dmarc/record";
import { mailtoUri, parseReportUri } from "../../../components/mail-dns/dmarc/report-uri";

const parse = (text: string) => parseDmarc(text, "_dmarc.example.com");
const messages = (text: string) => parse(text).findings.map(({ message }) => message);

const policy = fc.constantFrom("none" as const, "quarantine" as const, "reject" as const);
const mode = fc.constantFrom("r" as const, "s" as const);
const local = fc.string({
  unit: fc.constantFrom(..."abcXYZ019+_-!#$%&'*/=?^`{|}~"),
  minLength: 1,
  maxLength: 12,
});
const uris = fc.array(
  local.map((name) => mailtoUri(`${name}@reports.example`)),
  { minLength: 1, maxLength: 3 },
);
const failureOptions = fc
  .tuple(fc.constantFrom([], ["0" as const], ["1" as const]), fc.subarray(["d" as const, "s" as const]))
  .map(([number, letters]) => [...number, ...letters])
  .filter((options) => options.length > 0);

/** Records whose text says everything that they say: fo only beside ruf. */
const record: fc.Arbitrary<DmarcRecord> = fc.record(
  {
    p: policy,
    sp: policy,
    np: policy,
    adkim: mode,
    aspf: mode,
    t: fc.constantFrom("y" as const, "n" as const),
    psd: fc.constantFrom("y" as const, "n" as const, "u" as const),
    fo: failureOptions,
    rua: uris,
    ruf: uris,
  },
  { requiredKeys: ["p", "ruf"] },
);

describe("a DMARC record that was built", () => {
  it("is read back as it was, without a finding or a historic tag", () => {
    fc.assert(
      fc.property(record, (given) => {
        const parsed = parse(buildDmarc(given));
        expect(parsed.record).toEqual(given);
        expect(parsed.findings).toEqual([]);
        expect([parsed.unknown, parsed.historic]).toEqual([[], []]);
      }),
      { numRuns: 2000 },
    );
  });

  it("has the same text when it is built again from what was read", () => {
    fc.assert(
      fc.property(record, (given) => {
        const text = buildDmarc(given);
        expect(buildDmarc(parse(text).record ?? {})).toBe(text);
      }),
    );
  });
});

describe("the examples of RFC 9989 appendix B.2", () => {
  const toDomain = "mailto:dmarc-feedback@example.com";
  it.each<[string, DmarcRecord]>([
    ["v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com", { p: "none", rua: [toDomain] }],
    [
      "v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com; ruf=mailto:auth-reports@example.com",
      { p: "none", rua: [toDomain], ruf: ["mailto:auth-reports@example.com"] },
    ],
    [
      "v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com; ruf=mailto:auth-reports@thirdparty.example.net",
      { p: "none", rua: [toDomain], ruf: ["mailto:auth-reports@thirdparty.example.net"] },
    ],
    [
      "v=DMARC1; p=quarantine; rua=mailto:dmarc-feedback@example.com,mailto:tld-test@thirdparty.example.net; t=y",
      { p: "quarantine", rua: [toDomain, "mailto:tld-test@thirdparty.example.net"], t: "y" },
    ],
    [
      "v=DMARC1; p=reject; rua=mailto:dmarc-feedback@example.com,mailto:tld-test@thirdparty.example.net",
      { p: "reject", rua: [toDomain, "mailto:tld-test@thirdparty.example.net"] },
    ],
  ])("%s", (text, expected) => {
    const { record: read, findings } = parse(text);
    expect(read).toEqual(expected);
    expect(findings).toEqual([]);
  });
});

describe("a text that receivers ignore", () => {
  it.each([
    ["p=none"],
    ["v=DMARC2; p=none"],
    ["v=dmarc1; p=none"],
    ["v=DMARC10; p=none"],
    ["p=none; v=DMARC1"],
    [" v=DMARC1; p=none"],
    ["v=spf1 -all"],
    [""],
  ])("%j does not begin with the version", (text) => {
    const { record: read, policies, findings } = parse(text);
    expect([read, policies]).toEqual([undefined, undefined]);
    expect(findings.map(({ severity, path }) => [severity, path])).toEqual([["error", "_dmarc.example.com"]]);
    expect(findings[0]?.message).toContain("begins with v=DMARC1");
  });

  it.each([
    ["v=DMARC1; p=none; p=reject", "p"],
    ["v=DMARC1; p=none; v=DMARC1", "v"],
    ["v=DMARC1; p=none; x=1; x=2", "x"],
    ["v=DMARC1; p=none; sp=; sp=none", "sp"],
  ])("%j repeats the tag %s", (text, tag) => {
    expect(parse(text).record).toBeUndefined();
    expect(messages(text).join()).toContain(`more than one tag ${tag},`);
  });
});

describe("white space and case", () => {
  it.each([["V=DMARC1; p=none"], ["v = DMARC1 ;p = NONE ;"], ["v=DMARC1;p=none;"], ["v=DMARC1\t;\tp=none"]])(
    "%j is a record with the policy none",
    (text) => {
      expect(parse(text).record).toEqual({ p: "none" });
      expect(parse(text).findings).toEqual([]);
    },
  );

  it("names of tags are lower case: P is an unknown tag, and the policy is missing", () => {
    const { record: read, unknown, findings } = parse("v=DMARC1; P=reject; rua=mailto:a@example.com");
    expect([read?.p, unknown]).toEqual([undefined, [["P", "reject"]]]);
    expect(findings[0]?.message).toContain("names of tags are lower case");
  });

  it("the text of a URI keeps its case", () => {
    expect(parse("v=DMARC1; p=none; rua=MAILTO:Reports@Example.com").record?.rua).toEqual([
      "MAILTO:Reports@Example.com",
    ]);
  });
});

describe("a broken policy", () => {
  const none = { p: "none", sp: "none", np: "none" };
  it.each([
    ["v=DMARC1", undefined],
    ["v=DMARC1; p=block", undefined],
    ["v=DMARC1; p=reject; sp=block", undefined],
    ["v=DMARC1; p=reject; np=", undefined],
    ["v=DMARC1; p=reject; np=block; rua=not-a-uri", undefined],
    ["v=DMARC1; rua=mailto:a@example.com", none],
    ["v=DMARC1; p=block; rua=mailto:a@example.com", none],
    ["v=DMARC1; p=reject; sp=block; rua=mailto:a@example.com", none],
    ["v=DMARC1; p=reject; np=; rua=https://example.com/r", none],
  ])("%j counts as none where reports are asked for, and as no record elsewhere", (text, expected) => {
    const parsed = parse(text);
    expect(parsed.policies).toEqual(expected);
    expect(parsed.findings.some(({ severity }) => severity === (expected ? "warning" : "error"))).toBe(true);
  });

  it.each([
    ["v=DMARC1; p=reject", { p: "reject", sp: "reject", np: "reject" }],
    ["v=DMARC1; p=none; sp=quarantine", { p: "none", sp: "quarantine", np: "quarantine" }],
    ["v=DMARC1; p=none; np=reject", { p: "none", sp: "none", np: "reject" }],
  ])("%j passes its policies on: sp falls back to p, np to sp", (text, expected) => {
    expect(parse(text).policies).toEqual(expected);
  });
});

describe("a tag without effect", () => {
  it.each([
    ["pct=50", "pct is historic"],
    ["rf=afrf", "rf is historic"],
    ["ri=3600", "ri is historic"],
    ["foo=bar", "foo is not known"],
    ["nonsense", '"nonsense" is not of the form'],
    [";", '"" is not of the form'],
    ["adkim=x", "adkim=x is not valid, and receivers use r"],
    ["aspf=strict", "aspf=strict is not valid, and receivers use r"],
    ["t=yes", "t=yes is not valid, and receivers use n"],
    ["psd=x", "psd=x is not valid, and receivers use u"],
    ["fo=1", "fo has no effect without ruf"],
    ["fo=0:1; ruf=mailto:a@example.com", "fo=0:1 is not valid"],
    ["fo=d:d; ruf=mailto:a@example.com", "fo=d:d is not valid"],
    ["fo=x; ruf=mailto:a@example.com", "fo=x is not valid"],
    ["rua=reports@example.com", "which is no URI"],
    ["rua=mailto:a@example.com!10m", "obsolete size suffix !10m"],
    ["rua=https://example.com/r", "only have to support mailto"],
    ["rua=mailto:", "without a mail address"],
    ["rua=mailto:a@example.com,", 'rua has ""'],
  ])("%s: %s", (tag, message) => {
    const text = `v=DMARC1; p=reject; ${tag}`;
    expect(messages(text).join()).toContain(message);
    expect(parse(text).policies).toEqual({ p: "reject", sp: "reject", np: "reject" });
  });
});

describe("a report URI", () => {
  it.each([
    ["mailto:a@example.com", "a@example.com"],
    ["mailto:a%2Cb@example.com", undefined],
    ["mailto:a%21b@example.com", "a!b@example.com"],
    ["mailto:a@example.com?subject=x", "a@example.com"],
    ["mailto:%FF@example.com", undefined],
    ["mailto:", undefined],
  ])("%s holds the address %s", (uri, address) => {
    expect(parseReportUri(uri)?.address).toBe(address);
  });

  it("of any address that can be written is read back as that address", () => {
    fc.assert(
      fc.property(local, (name) => {
        expect(parseReportUri(mailtoUri(`${name}@example.com`))?.address).toBe(`${name}@example.com`);
      }),
    );
  });

  it.each([
    ["a@example.com"],
    ["mailto:a!b@example.com"],
    ["mailto:ä@example.com"],
    ["mailto:%zz@example.com"],
    [""],
  ])("%j is none", (text) => {
    expect(parseReportUri(text)).toBeUndefined();
  });
});
