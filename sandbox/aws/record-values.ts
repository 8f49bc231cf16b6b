import { isIPv4, isIPv6 } from "node:net";

/** The record types that the substitute takes: those that the sandbox's DNS server answers. */
export const recordTypes = ["A", "AAAA", "CNAME", "MX", "NS", "TXT"] as const;
export type RecordType = (typeof recordTypes)[number];

/** What a name server answers for a value of a record set: TXT as one text, names as they were written. */
export interface ServedValue {
  value: string;
  /** MX preference. */
  priority?: number;
}

/** Bytes of one character-string of a TXT record (RFC 1035, section 3.3). */
const longestString = 255;
/** Characters of a TXT value in all (Route 53 Developer Guide, "Supported DNS record types"). */
const longestText = 4000;

const hostName = /^(?=.{1,254}$)(\*\.)?([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/i;

/** Reads a value as Route 53's API has it: TXT in quotes, MX as `10 mail.example.com`. A fault is its refusal. */
export function readValue(type: RecordType, value: string): ServedValue | { fault: string } {
  switch (type) {
    case "A":
      return isIPv4(value)
        ? { value }
        : fault("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address", value);
    case "AAAA":
      return isIPv6(value)
        ? { value }
        : fault("AAAARRDATAIllegalIPv6Address", "Value is not a valid IPv6 address", value);
    case "MX":
      return readMx(value);
    case "TXT":
      return readText(value);
    default:
      return hostName.test(value)
        ? { value }
        : fault("DomainLabelEmpty", "Value is not a domain name", value);
  }
}

function readMx(value: string): ServedValue | { fault: string } {
  const [, preference, exchange = ""] = /^(\d{1,5}) (\S+)$/.exec(value) ?? [];
  const priority = Number(preference);
  if (preference === undefined || priority > 0xffff || !(exchange === "." || hostName.test(exchange))) {
    return fault("MXRRDATANotTwoFields", "Value is not a preference and a domain name", value);
  }
  return { value: exchange, priority };
}

/**
 * Quoted strings beside each other. In them `\` stands before a quote or before itself, and before three octal digits
 * for any other octet.
 */
function readText(value: string): ServedValue | { fault: string } {
  if (!/^"(?:[^"\\]|\\.)*"(?: *"(?:[^"\\]|\\.)*")*$/s.test(value)) {
    return fault("InvalidCharacterString", "Value should be enclosed in quotation marks", value);
  }
  const strings = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner = ""]) => inner);
  if (strings.some((string) => !/^[ -~]*$/.test(string))) {
    return fault("InvalidCharacterString", "Value has characters to be written as octal \\ddd", value);
  }
  const octets = strings.map((string) =>
    string.replace(/\\(?:([0-3][0-7]{2})|(.))/g, (_all, octal?: string, other?: string) =>
      octal === undefined ? (other ?? "") : String.fromCharCode(Number.parseInt(octal, 8)),
    ),
  );
  if (value.length > longestText || octets.some(({ length }) => length > longestString)) {
    return fault("CharacterStringTooLong", "Value is too long", value);
  }
  return { value: Buffer.from(octets.join(""), "latin1").toString("utf8") };
}

function fault(code: string, reason: string, value: string): { fault: string } {
  return {
    fault: `Invalid Resource Record: 'FATAL problem: ${code} (${reason}) encountered with '${value}''`,
  };
}

/** The same for two values that say the same, such as `mail.example.com` and `Mail.example.com.`. */
export function sameAs(type: RecordType, value: string): string {
  const read = readValue(type, value);
  if ("fault" in read || type === "TXT") return "fault" in read ? value : read.value;
  return `${read.priority ?? ""} ${read.value.toLowerCase().replace(/\.$/, "")}`;
}
