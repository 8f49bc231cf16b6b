import type { Fault } from "../faults";
import { LONGEST_NAME } from "./domain-name";

/** The record types that authenticate mail. A plain union: it decides which DNS resource is made. */
export type MailRecordType = "CNAME" | "MX" | "TXT";

/**
 * One DNS record that mail needs. `V` is `string` in pure code and a Pulumi input where the value comes from
 * another resource; the type is always plain, so that a first preview shows what is made.
 */
export interface MailRecord<V = string> {
  /** Stable within a domain; becomes part of the resource's name, such as `dkim1`. */
  key: string;
  /** What the record is for, in words for the reviewer of a preview; at most 100 characters. */
  purpose: string;
  /** Full name, lower case, no trailing dot. Plain wherever it can be known. */
  name: string | V;
  type: MailRecordType;
  /** TXT: the text, unquoted and unsplit. CNAME and MX: the target without trailing dot; `.` for a null MX. */
  value: V;
  /** MX preference. */
  priority?: number;
  /** Seconds; the DNS host's automatic value when left out. */
  ttl?: number;
}

/** What decides whether two records may stand side by side. */
export interface RecordSlot {
  name: string;
  type: string;
  /** The text of a TXT record, where it is known. */
  text?: string;
}

/** The slot of a record, or undefined while its name is not known. */
export function slotOf({ name, type, value }: MailRecord<unknown>): RecordSlot | undefined {
  if (typeof name !== "string") {
    return undefined;
  }
  return { name, type, text: type === "TXT" && typeof value === "string" ? value : undefined };
}

/**
 * Whether two records exclude each other: a CNAME and anything else at its name (RFC 1034 section 3.6.2), two SPF
 * records (RFC 7208 section 4.5), two DMARC records (RFC 9989 section 4.10) or two DKIM keys (RFC 6376 section
 * 3.6.2.2) at one name, two mail exchangers where one of them is all there may be.
 */
export function excludeEachOther(one: RecordSlot, other: RecordSlot): boolean {
  if (one.name !== other.name) {
    return false;
  }
  if (one.type === "CNAME" || other.type === "CNAME") {
    return true;
  }
  return one.type === other.type && textKind(one) === textKind(other);
}

/** What a TXT record says, by its name where names decide and else by its first word. */
function textKind({ name, type, text = "" }: RecordSlot): string {
  if (type !== "TXT" || /(^|\.)_(domainkey|dmarc)\./.test(name)) {
    return "";
  }
  return /^v=spf1(\s|$)/i.test(text) ? "SPF" : text;
}

/** What keeps a record from being published as it is: a name that is too long, a text that DNS hosts spell differently. */
export function recordFaults({ name, type, value, purpose }: MailRecord<unknown>, path: string): Fault[] {
  const faults: Fault[] = [];
  if (typeof name === "string" && name.length > LONGEST_NAME) {
    const reason = `has ${name.length} characters (${purpose}), and a name has at most ${LONGEST_NAME}`;
    faults.push({ path, value: name, reason, next: "Use a shorter domain." });
  }
  if (type === "TXT" && typeof value === "string" && !/^[ -~]*$/.test(value)) {
    const reason = `has a character outside printable ASCII (${purpose}), and no mail record needs one`;
    faults.push({ path, value, reason, next: "Remove it." });
  }
  return faults;
}

/** The records of one plan that exclude each other. */
export function conflicts(records: readonly MailRecord<unknown>[], path: string): Fault[] {
  const faults: Fault[] = [];
  records.forEach((record, index) => {
    const slot = slotOf(record);
    for (const other of records.slice(index + 1)) {
      const otherSlot = slotOf(other);
      if (slot && otherSlot && excludeEachOther(slot, otherSlot)) {
        const alone = record.type === "CNAME" || other.type === "CNAME";
        faults.push({
          path,
          value: slot.name,
          reason: `is the name of two records: ${record.type} (${record.purpose}) and ${other.type} (${other.purpose})${
            alone ? ", and a CNAME must be alone at its name (RFC 1034)" : ""
          }`,
          next: "Choose another subdomain or selector for one of them.",
        });
      }
    }
  });
  return faults;
}
