import { isDmarcRecord } from "../../../components/mail-dns/dmarc/tag-list";
import { isSpf } from "../../../components/mail-dns/spf/record";
import type { RecordPurpose, SubjectRecord } from "../subject";

/** What a server answers for a name and type: values as {@link SubjectRecord} has them, or why there is no answer. */
export type Served = { values: string[]; addresses?: string[] } | { failure: string };

/** How an answer compares with what the stack declares. */
export type Verdict =
  | { kind: "right" }
  | { kind: "missing" }
  /** A CNAME that shows as addresses: a proxy or the flattening of a DNS host hides it. */
  | { kind: "hidden"; found: string[] }
  | { kind: "different"; found: string[] }
  /** More than one, where one may be: each is in order, and together they are void. */
  | { kind: "doubled"; found: string[] }
  | { kind: "unanswered"; reason: string };

/** Compares an answer with a record whose values are known. */
export function verdictOf(record: SubjectRecord, served: Served): Verdict {
  if ("failure" in served) {
    return { kind: "unanswered", reason: served.failure };
  }
  const belongs = KINDS[record.purpose] ?? (() => true);
  const wanted = (record.values ?? []).map((value) => spelled(record, value));
  if (record.type === "TXT" && (record.purpose === "other" || record.purpose === "report-consent")) {
    return textsVerdict(record, wanted, served.values);
  }
  const found = served.values.filter((value) => record.type !== "TXT" || belongs(value));
  if (found.length === 0) {
    const { addresses = [] } = served;
    return record.type === "CNAME" && addresses.length > 0
      ? { kind: "hidden", found: addresses }
      : { kind: "missing" };
  }
  const expected = wanted.filter((value) => record.type !== "TXT" || belongs(value));
  const same = sameSet(
    expected,
    found.map((value) => spelled(record, value)),
  );
  if (same) {
    return { kind: "right" };
  }
  return record.type === "TXT" && found.length > 1 && expected.length <= 1
    ? { kind: "doubled", found }
    : { kind: "different", found };
}

/** Of the texts at a name, those that have to be alone; other texts may stand beside them. */
const KINDS: { [Purpose in RecordPurpose]?: (text: string) => boolean } = {
  spf: isSpf,
  dmarc: isDmarcRecord,
};

/** Texts that stand beside others: each that is declared has to be there. */
function textsVerdict(record: SubjectRecord, wanted: readonly string[], values: string[]): Verdict {
  const agrees = (text: string) =>
    record.purpose === "report-consent"
      ? values.some(isDmarcRecord)
      : values.some((value) => spelled(record, value) === text);
  if (wanted.every(agrees)) {
    return { kind: "right" };
  }
  return values.length === 0 ? { kind: "missing" } : { kind: "different", found: values };
}

/** One spelling for what means the same: names in lower case, no white space in a DKIM key (RFC 6376 section 3.6.1). */
function spelled({ type, purpose }: SubjectRecord, value: string): string {
  if (type !== "TXT") {
    return value.toLowerCase().replace(/\.$/, "");
  }
  return purpose === "dkim" ? value.replace(/\s+/g, "").replace(/;$/, "") : value;
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}
