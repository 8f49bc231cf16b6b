import { isIPv4 } from "node:net";
import * as ipaddr from "ipaddr.js";

/** The record types that the substitute takes: those that the sandbox's DNS server answers. */
export const recordTypes = ["A", "AAAA", "CNAME", "MX", "NS", "TXT"] as const;
export type RecordType = (typeof recordTypes)[number];

/** A character-string of a TXT record holds at most this many bytes (RFC 1035, section 3.3). */
const longestString = 255;

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** Why a name is not the lower-case FQDN without a trailing dot that Cloudflare gives back; undefined if it is. */
export function nameFault(name: string): string | undefined {
  if (name !== name.toLowerCase()) return "has upper-case letters, which come back as lower-case ones";
  if (name.endsWith(".")) return "ends in a dot, which does not come back";
  if (name.length > 253) return `has ${name.length} characters; a name has at most 253`;
  const [first = "", ...rest] = name.split(".");
  if (rest.length === 0) return "is not a full name with its zone, such as mail.example.com";
  const wrong = [...(first === "*" ? [] : [first]), ...rest].find((each) => !label.test(each));
  return wrong === undefined ? undefined : `has the label ${JSON.stringify(wrong)}, which no name can have`;
}

/**
 * Why a content would not come back from Cloudflare as it is, which would make a diff at every refresh;
 * undefined if it would.
 */
export function contentFault(type: RecordType, content: string): string | undefined {
  switch (type) {
    case "A":
      return isIPv4(content) ? undefined : `${JSON.stringify(content)} is no IPv4 address`;
    case "AAAA":
      return addressFault(content);
    case "TXT":
      return textFault(content);
    default: {
      const fault = nameFault(content);
      return fault && `${JSON.stringify(content)} ${fault}`;
    }
  }
}

function addressFault(content: string): string | undefined {
  if (!ipaddr.IPv6.isValid(content)) return `${JSON.stringify(content)} is no IPv6 address`;
  const stable = ipaddr.IPv6.parse(content).toRFC5952String();
  return stable === content ? undefined : `${content} comes back as ${stable}`;
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
