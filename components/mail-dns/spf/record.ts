import { isIPv4, isIPv6 } from "node:net";
import { domainSpecFault, isMacroString } from "./grammar";
import type { SpfDirective, SpfModifier, SpfQualifier, SpfTerm } from "./terms";

export * from "./terms";

/** The whole record starts with exactly this (RFC 7208 section 4.5). */
const VERSION = "v=spf1";
const TERM = /^([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)((?:[:/].*)?)$/is;
/** Section 4.6.1: the `=` follows the name, before any `:` or `/`. */
const MODIFIER = /^([a-z][a-z0-9_.-]*)=(.*)$/is;
/** The domain is taken short, so that what looks like a CIDR length is one. */
const HOST = /^(?::(.*?))?(?:\/(0|[1-9]\d*))?(?:\/\/(0|[1-9]\d*))?$/s;
const NETWORK = /^:([^/]*)(?:\/(0|[1-9]\d*))?$/;

/** Whether a TXT record's text is an SPF record, be it valid or not (RFC 7208 section 4.5). */
export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/**
 * Reads a record's text into its terms, in their order (RFC 7208 section 12).
 *
 * @throws SyntaxError that names every term which is not SPF, and why
 */
export function parseSpf(text: string): SpfTerm[] {
  if (!isSpf(text)) {
    const [start] = text.split(" ");
    throw new SyntaxError(`an SPF record starts with "${VERSION}", and this one with "${start}"`);
  }
  const faults: string[] = [];
  const terms: SpfTerm[] = [];
  for (const word of text.split(" ").slice(1)) {
    if (word === "") {
      continue;
    }
    const term = parseTerm(word);
    if (typeof term === "string") {
      faults.push(`"${word}" ${term}`);
    } else {
      terms.push(term);
    }
  }
  for (const name of ["redirect", "exp"]) {
    if (terms.filter((term) => "modifier" in term && term.modifier === name).length > 1) {
      faults.push(`"${name}=" stands more than once (RFC 7208 section 6)`);
    }
  }
  if (faults.length > 0) {
    throw new SyntaxError(faults.join("; "));
  }
  return terms;
}

/** The term, or what is wrong with it. */
function parseTerm(word: string): SpfTerm | string {
  const modifier = MODIFIER.exec(word);
  if (modifier) {
    const [, name = "", value = ""] = modifier;
    return parseModifier(name.toLowerCase(), value);
  }
  const directive = TERM.exec(word);
  if (!directive) {
    return /^[+?~-]?(redirect|exp):/i.test(word)
      ? "has a colon where a modifier has an equals sign (RFC 7208 section 6)"
      : "is neither an SPF mechanism nor a modifier (RFC 7208 section 4.6.1)";
  }
  const [, sign = "", name = "", argument = ""] = directive;
  return parseDirective((sign || "+") as SpfQualifier, name.toLowerCase() as Mechanism, argument);
}

type Mechanism = SpfDirective["mechanism"];

function parseModifier(modifier: string, value: string): SpfModifier | string {
  if (modifier === "redirect" || modifier === "exp") {
    const fault = domainSpecFault(value);
    return fault === undefined ? { modifier, value } : `is no valid ${modifier}: ${fault}`;
  }
  return isMacroString(value)
    ? { modifier, value }
    : "has a value that is no macro-string (RFC 7208 section 7.1)";
}

function parseDirective(
  qualifier: SpfQualifier,
  mechanism: Mechanism,
  argument: string,
): SpfDirective | string {
  switch (mechanism) {
    case "all":
      return argument === ""
        ? { qualifier, mechanism }
        : "is wrong: all takes no value (RFC 7208 section 5.1)";
    case "include":
    case "exists":
    case "ptr": {
      if (argument === "" && mechanism === "ptr") {
        return { qualifier, mechanism };
      }
      if (!/^:./s.test(argument)) {
        return "needs a value after a colon (RFC 7208 section 5)";
      }
      const domain = argument.slice(1);
      const fault = domainSpecFault(domain);
      return fault === undefined ? { qualifier, mechanism, domain } : `is wrong: ${fault}`;
    }
    case "a":
    case "mx":
      return parseHost(qualifier, mechanism, argument);
    default:
      return parseAddress(qualifier, mechanism, argument);
  }
}

function parseHost(qualifier: SpfQualifier, mechanism: "a" | "mx", argument: string): SpfDirective | string {
  const found = HOST.exec(argument);
  if (!found) {
    return "has a CIDR length that is no number of RFC 7208 section 12";
  }
  const [, domain, short, long] = found;
  const fault = domain === undefined ? undefined : domainSpecFault(domain);
  if (fault !== undefined) {
    return `is wrong: ${fault}`;
  }
  if (Number(short ?? 0) > 32 || Number(long ?? 0) > 128) {
    return "has a CIDR length over 32 (IPv4) or 128 (IPv6, after two slashes)";
  }
  return {
    qualifier,
    mechanism,
    ...(domain === undefined ? {} : { domain }),
    ...(short === undefined ? {} : { prefix4: Number(short) }),
    ...(long === undefined ? {} : { prefix6: Number(long) }),
  };
}

function parseAddress(
  qualifier: SpfQualifier,
  mechanism: "ip4" | "ip6",
  argument: string,
): SpfDirective | string {
  if (!/^:./.test(argument)) {
    return "needs a value after a colon (RFC 7208 section 5)";
  }
  const [, network = "", prefix] = NETWORK.exec(argument) ?? [];
  const isOne = mechanism === "ip4" ? isIPv4(network) : isIPv6(network) && !network.includes("%");
  if (!isOne || Number(prefix ?? 0) > (mechanism === "ip4" ? 32 : 128)) {
    return `has no ${mechanism === "ip4" ? "IPv4" : "IPv6"} address or CIDR range (RFC 7208 section 5.6)`;
  }
  return { qualifier, mechanism, network, ...(prefix === undefined ? {} : { prefix: Number(prefix) }) };
}

/** The record's text. The qualifier `+` is left out, as it is the default. */
export function buildSpf(terms: readonly SpfTerm[]): string {
  return [VERSION, ...terms.map(buildTerm)].join(" ");
}

/** One term as it stands in a record. */
export function buildTerm(term: SpfTerm): string {
  if ("modifier" in term) {
    return `${term.modifier}=${term.value}`;
  }
  return `${term.qualifier === "+" ? "" : term.qualifier}${term.mechanism}${argumentOf(term)}`;
}

function argumentOf(term: SpfDirective): string {
  switch (term.mechanism) {
    case "all":
      return "";
    case "ip4":
    case "ip6":
      return `:${term.network}${term.prefix === undefined ? "" : `/${term.prefix}`}`;
    case "a":
    case "mx": {
      const short = term.prefix4 === undefined ? "" : `/${term.prefix4}`;
      const long = term.prefix6 === undefined ? "" : `//${term.prefix6}`;
      return `${term.domain === undefined ? "" : `:${term.domain}`}${short}${long}`;
    }
    default:
      return term.domain === undefined ? "" : `:${term.domain}`;
  }
}
