import type { IPv4, IPv6 } from "ipaddr.js";

/** What macros stand for (RFC 7208 section 7.2), in one evaluation. */
export interface MacroContext {
  /** The client's address; an IPv4-mapped IPv6 address is given as IPv4 (RFC 7208 section 5). */
  ip: IPv4 | IPv6;
  /** `local-part@domain`, both filled in: s, l and o. */
  sender: string;
  /** The domain of the record that is expanded: d. */
  domain: string;
  /** The name in HELO or EHLO: h. */
  helo: string;
  /** The validated name of the client: p. `unknown` when there is none or nobody looked. */
  validatedName?: string;
  /** Who checks, in explanations: r. Default `unknown`. */
  receiver?: string;
  /** Now, in seconds since 1970, in explanations: t. Default the clock. */
  timestamp?: number;
}

/** The letters of the macros that a text uses, lower case, such as `i` and `d`. */
export function macroLetters(text: string): Set<string> {
  return new Set([...text.matchAll(MACRO)].flatMap(([, letter]) => (letter ? [letter.toLowerCase()] : [])));
}

/** A valid macro, with letter, number of parts, reversal and delimiters; or an escape, without. */
const MACRO = /%\{([a-z])(\d*)(r?)([-.+,/_=]*)\}|%[%_-]/gi;
const ESCAPES: Readonly<Record<string, string>> = { "%%": "%", "%_": " ", "%-": "%20" };

/**
 * Expands the macros of an explanation (RFC 7208 section 7.3). `text` is a valid explain-string; macros in
 * capitals are URL-escaped.
 */
export function expandMacros(text: string, context: MacroContext): string {
  return text.replace(MACRO, (whole, letter?: string, digits = "", reverse = "", delimiters = "") => {
    if (letter === undefined) {
      return ESCAPES[whole] ?? whole;
    }
    const value = macroValue(letter.toLowerCase(), context);
    const parts = value.split(new RegExp(`[${(delimiters || ".").replace(/[-]/g, "\\-")}]`));
    const ordered = reverse ? parts.reverse() : parts;
    const kept = digits ? ordered.slice(-Number(digits)) : ordered;
    const expanded = kept.join(".");
    return letter === letter.toLowerCase() ? expanded : urlEscape(expanded);
  });
}

/** RFC 1035 section 2.3.4, in characters of text. */
const LONGEST_NAME = 253;

/**
 * Expands a domain-spec into the name that is looked up: without trailing dot, and cut to 253 characters by
 * taking labels away on the left (RFC 7208 section 7.3). The name can be one that DNS cannot carry.
 */
export function expandDomain(spec: string, context: MacroContext): string {
  let name = expandMacros(spec, context).replace(/\.$/, "");
  while (name.length > LONGEST_NAME && name.includes(".")) {
    name = name.slice(name.indexOf(".") + 1);
  }
  return name;
}

function macroValue(letter: string, context: MacroContext): string {
  const at = context.sender.lastIndexOf("@");
  switch (letter) {
    case "s":
      return context.sender;
    case "l":
      return context.sender.slice(0, at);
    case "o":
      return context.sender.slice(at + 1);
    case "d":
      return context.domain;
    case "i":
      return dotted(context.ip);
    case "p":
      return context.validatedName ?? "unknown";
    case "v":
      return context.ip.kind() === "ipv4" ? "in-addr" : "ip6";
    case "h":
      return context.helo;
    case "c":
      return context.ip.toString();
    case "r":
      return context.receiver ?? "unknown";
    case "t":
      return String(context.timestamp ?? Math.floor(Date.now() / 1000));
    default:
      throw new SyntaxError(`%{${letter}} is no macro of RFC 7208 section 7.2; remove it from the record`);
  }
}

/** IPv4 dotted decimal; IPv6 as 32 hexadecimal digits with dots between them (RFC 7208 section 7.3). */
function dotted(ip: IPv4 | IPv6): string {
  const bytes = ip.toByteArray();
  if (ip.kind() === "ipv4") {
    return bytes.join(".");
  }
  return [...Buffer.from(bytes).toString("hex").toUpperCase()].join(".");
}

/** The name below which the client's PTR records lie (RFC 7208 section 5.5): `3.2.0.192.in-addr.arpa`. */
export function reverseName(ip: IPv4 | IPv6): string {
  const labels = dotted(ip).split(".").reverse().join(".").toLowerCase();
  return `${labels}.${ip.kind() === "ipv4" ? "in-addr" : "ip6"}.arpa`;
}

/** RFC 3986 section 2.3: everything but the unreserved characters is escaped. */
function urlEscape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
