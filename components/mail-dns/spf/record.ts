/** What a receiver does with a sender that matches (RFC 7208 section 4.6.2): pass, neutral, softfail, fail. */
export type SpfQualifier = "+" | "?" | "~" | "-";

/** A directive (RFC 7208 section 4.6.1): `~all`, `include:example.net`, `ip4:192.0.2.0/24`. */
export interface SpfDirective {
  qualifier: SpfQualifier;
  mechanism: "all" | "include" | "a" | "mx" | "ptr" | "ip4" | "ip6" | "exists";
  /** What stands behind the mechanism's name, with its separator: `:example.net`, `/24`; empty when nothing does. */
  argument: string;
}

/** A modifier (RFC 7208 section 6): `redirect=example.net`. */
export interface SpfModifier {
  modifier: string;
  value: string;
}

export type SpfTerm = SpfDirective | SpfModifier;

/** The whole record starts with exactly this (RFC 7208 section 4.5). */
const VERSION = "v=spf1";
/** RFC 7208 section 4.6.4: at most ten terms that cause DNS queries, nested ones counted. */
export const LOOKUP_LIMIT = 10;

const MECHANISMS = "all|include|a|mx|ptr|ip4|ip6|exists";
const DIRECTIVE = new RegExp(`^([+?~-]?)(${MECHANISMS})((?:[:/].*)?)$`, "i");
const MODIFIER = /^([a-z][a-z0-9_.-]*)=(.*)$/i;

/** Reads a record's text into its terms. Throws a `SyntaxError` that names the term which is not SPF. */
export function parseSpf(text: string): SpfTerm[] {
  const [version, ...terms] = text.split(/ +/).filter((part) => part !== "");
  if (version?.toLowerCase() !== VERSION) {
    throw new SyntaxError(`an SPF record starts with "${VERSION}", and this one with "${version ?? ""}"`);
  }
  return terms.map(parseTerm);
}

function parseTerm(term: string): SpfTerm {
  const directive = DIRECTIVE.exec(term);
  if (directive) {
    const [, qualifier, mechanism = "", argument = ""] = directive;
    const name = mechanism.toLowerCase() as SpfDirective["mechanism"];
    const needsArgument = name === "include" || name === "exists" || name === "ip4" || name === "ip6";
    if (needsArgument && !/^:./.test(argument)) {
      throw new SyntaxError(`"${term}" needs a value after a colon (RFC 7208 section 5)`);
    }
    if (name === "all" && argument !== "") {
      throw new SyntaxError(`"${term}": the mechanism all takes no value (RFC 7208 section 5.1)`);
    }
    return { qualifier: (qualifier || "+") as SpfQualifier, mechanism: name, argument };
  }
  const modifier = MODIFIER.exec(term);
  if (modifier) {
    return { modifier: (modifier[1] ?? "").toLowerCase(), value: modifier[2] ?? "" };
  }
  throw new SyntaxError(`"${term}" is neither an SPF mechanism nor a modifier (RFC 7208 section 4.6.1)`);
}

/** The record's text. The qualifier `+` is left out, as it is the default. */
export function buildSpf(terms: readonly SpfTerm[]): string {
  return [VERSION, ...terms.map(buildTerm)].join(" ");
}

function buildTerm(term: SpfTerm): string {
  if ("modifier" in term) {
    return `${term.modifier}=${term.value}`;
  }
  return `${term.qualifier === "+" ? "" : term.qualifier}${term.mechanism}${term.argument}`;
}

/** The terms of this record that cost a receiver DNS queries; what an included record adds is not known here. */
export function lookupTerms(terms: readonly SpfTerm[]): SpfTerm[] {
  const costly = new Set(["include", "a", "mx", "ptr", "exists"]);
  return terms.filter((term) =>
    "modifier" in term ? term.modifier === "redirect" : costly.has(term.mechanism),
  );
}
