import { isIPv4 } from "node:net";
import { ipv6Fault, nameFault } from "../dns/spelling";

/** The record types that the substitute takes: those that the sandbox's DNS server answers. */
export const recordTypes = ["A", "AAAA", "CNAME", "MX", "NS", "TXT"] as const;
export type RecordType = (typeof recordTypes)[number];

/** The content of an MX that says that its name takes no mail (RFC 7505, section 3). */
export const nullMx = ".";

/** A character-string of a TXT record holds at most this many bytes (RFC 1035, section 3.3). */
const longestString = 255;

/**
 * Why a content would not come back from Cloudflare as it is, which would make a diff at every refresh;
 * undefined if it would.
 */
export function contentFault(type: RecordType, content: string): string | undefined {
  switch (type) {
    case "A":
      return isIPv4(content) ? undefined : `${JSON.stringify(content)} is no IPv4 address`;
    case "AAAA":
      return ipv6Fault(content);
    case "TXT":
      return textFault(content);
    case "MX":
      return content === nullMx ? undefined : targetFault(content);
    default:
      return targetFault(content);
  }
}

function targetFault(content: string): string | undefined {
  const fault = nameFault(content);
  return fault && `${JSON.stringify(content)} ${fault}`;
}

function textFault(content: string): string | undefined {
  const text = textOf(content);
  if (text === undefined) {
    return `must be in double quotes, in strings of at most ${longestString} bytes: "first" "second"`;
  }
  return quoted(text) === content
    ? undefined
    : `must be split after every ${longestString} bytes: that is how it comes back`;
}

/** The text of a TXT record out of its quoted strings; undefined when it is not quoted. */
export function textOf(content: string): string | undefined {
  const string = /"((?:[^"\\]|\\.)*)"/g;
  if (!/^"(?:[^"\\]|\\.)*"(?: "(?:[^"\\]|\\.)*")*$/s.test(content)) return undefined;
  return [...content.matchAll(string)].map(([, inner = ""]) => inner.replace(/\\(.)/g, "$1")).join("");
}

/** A text as Cloudflare keeps it: quoted, split after every 255 bytes. */
export function quoted(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  const strings: string[] = [];
  for (let start = 0; start === 0 || start < bytes.length; start += longestString) {
    strings.push(bytes.subarray(start, start + longestString).toString("latin1"));
  }
  return strings.map((string) => `"${string.replace(/["\\]/g, "\\$&")}"`).join(" ");
}
