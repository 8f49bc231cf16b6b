/** What a receiver does with a sender that matches (RFC 7208 section 4.6.2): pass, neutral, softfail, fail. */
export type SpfQualifier = "+" | "?" | "~" | "-";

/** `all` (RFC 7208 section 5.1): matches every sender. */
export interface AllDirective {
  qualifier: SpfQualifier;
  mechanism: "all";
}

/** `include:` and `exists:` (RFC 7208 sections 5.2 and 5.7), which need a domain. */
export interface NamedDirective {
  qualifier: SpfQualifier;
  mechanism: "include" | "exists";
  /** A domain-spec (RFC 7208 section 7.1): a domain name, with or without macros. */
  domain: string;
}

/** `ptr` (RFC 7208 section 5.5), which nobody should publish any more. */
export interface PtrDirective {
  qualifier: SpfQualifier;
  mechanism: "ptr";
  /** A domain-spec; left out, the domain of the record. */
  domain?: string;
}

/** `a` and `mx` (RFC 7208 sections 5.3 and 5.4). */
export interface HostDirective {
  qualifier: SpfQualifier;
  mechanism: "a" | "mx";
  /** A domain-spec; left out, the domain of the record. */
  domain?: string;
  /** ip4-cidr-length, 0 to 32; left out, 32. */
  prefix4?: number;
  /** ip6-cidr-length, 0 to 128; left out, 128. */
  prefix6?: number;
}

/** `ip4:` and `ip6:` (RFC 7208 section 5.6). */
export interface AddressDirective {
  qualifier: SpfQualifier;
  mechanism: "ip4" | "ip6";
  /** An address, in the spelling of the record. */
  network: string;
  /** 0 to 32 or 0 to 128; left out, the single address. */
  prefix?: number;
}

/** A directive (RFC 7208 section 4.6.1): a mechanism with its qualifier. */
export type SpfDirective = AllDirective | NamedDirective | PtrDirective | HostDirective | AddressDirective;

/** A modifier (RFC 7208 section 6): `redirect=`, `exp=`, or an unknown one, which receivers ignore. */
export interface SpfModifier {
  /** Lower case. */
  modifier: string;
  /** `redirect` and `exp`: a domain-spec. Unknown ones: a macro-string, which may be empty. */
  value: string;
}

export type SpfTerm = SpfDirective | SpfModifier;

/** Whether the term is a mechanism and no modifier. */
export function isDirective(term: SpfTerm): term is SpfDirective {
  return "mechanism" in term;
}

/** Whether the term is `all`, after which no other is evaluated. */
export function isAll(term: SpfTerm): term is AllDirective {
  return isDirective(term) && term.mechanism === "all";
}

/** RFC 7208 section 4.6.4: at most ten terms that cause DNS queries, nested ones counted. */
export const LOOKUP_LIMIT = 10;
/** RFC 7208 section 4.6.4: at most two queries that find nothing. */
export const VOID_LIMIT = 2;
/** RFC 7208 section 4.6.4: at most ten MX names or PTR names of one term. */
export const NAME_LIMIT = 10;

/** Whether evaluating the term causes DNS queries, and so spends one of the ten (RFC 7208 section 4.6.4). */
export function spendsLookup(term: SpfTerm): boolean {
  if ("modifier" in term) {
    return term.modifier === "redirect";
  }
  return term.mechanism !== "all" && term.mechanism !== "ip4" && term.mechanism !== "ip6";
}

/** The terms of this record that spend a lookup; what an included record adds is not known here. */
export function lookupTerms(terms: readonly SpfTerm[]): SpfTerm[] {
  return terms.filter(spendsLookup);
}

/** The value of the modifier, or undefined when the record has none. */
export function modifierValue(terms: readonly SpfTerm[], name: "redirect" | "exp"): string | undefined {
  const found = terms.find((term): term is SpfModifier => "modifier" in term && term.modifier === name);
  return found?.value;
}
