import type { Fault } from "../faults";

/** The record types that authenticate mail. A plain union: it decides which DNS resource is made. */
export type MailRecordType = "CNAME" | "MX" | "TXT";

/**
 * One DNS record that mail needs. `V` is `string` in pure code and a Pulumi input where the value comes from
 * another resource; name and type are always plain, so that a first preview shows them.
 */
export interface MailRecord<V = string> {
  /** Stable within a domain; becomes part of the resource's name, such as `dkim1`. */
  key: string;
  /** What the record is for, in words for the reviewer of a preview; at most 100 characters. */
  purpose: string;
  /** Full name, lower case, no trailing dot. */
  name: string;
  type: MailRecordType;
  /** TXT: the text, unquoted and unsplit. CNAME and MX: the target without trailing dot. */
  value: V;
  /** MX preference. */
  priority?: number;
  /** Seconds; the DNS host's automatic value when left out. */
  ttl?: number;
}

/**
 * What cannot stand side by side: a CNAME beside anything else at its name (RFC 1034 section 3.6.2), and two
 * SPF (RFC 7208 section 4.5) or DMARC (RFC 9989) records at one name.
 */
export function conflicts(records: readonly MailRecord<unknown>[], path: string): Fault[] {
  const faults: Fault[] = [];
  records.forEach((record, index) => {
    for (const other of records.slice(index + 1)) {
      if (record.name !== other.name) {
        continue;
      }
      const alone = [record, other].find(({ type }) => type === "CNAME");
      if (alone || record.key === other.key) {
        faults.push({
          path,
          value: record.name,
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

/** RFC 1035 section 3.3: a character string holds at most 255 octets. */
const LONGEST_STRING = 255;

/** The text as the character strings that a TXT record carries. */
export function txtStrings(text: string): string[] {
  const bytes = Buffer.from(text);
  const strings: string[] = [];
  for (let at = 0; at < bytes.length; at += LONGEST_STRING) {
    strings.push(bytes.subarray(at, at + LONGEST_STRING).toString("latin1"));
  }
  return strings.length > 0 ? strings : [""];
}

/** The text in zone file form: `"first 255" "rest"`, quotes and backslashes escaped (RFC 1035 section 5.1). */
export function quotedTxt(text: string): string {
  return txtStrings(text)
    .map((part) => `"${part.replace(/[\\"]/g, "\\$&")}"`)
    .join(" ");
}
