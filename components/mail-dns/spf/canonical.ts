import { rangeOf } from "./ranges";
import { buildTerm } from "./record";
import type { SpfDirective, SpfTerm } from "./terms";

/**
 * What a directive tests, in one spelling, without its qualifier: two directives with the same are about the same
 * senders, and the first of them decides. Case, trailing dots, default CIDR lengths and spellings of addresses make
 * no difference; case within macros does, as capitals escape.
 */
export function canonicalTest(term: SpfDirective): string {
  switch (term.mechanism) {
    case "all":
      return "all";
    case "ip4":
    case "ip6": {
      const { bytes, prefix } = rangeOf(term);
      return `${term.mechanism}:${Buffer.from(bytes).toString("hex")}/${prefix}`;
    }
    case "a":
    case "mx": {
      const { domain, prefix4 = 32, prefix6 = 128 } = term;
      return `${term.mechanism}${canonicalDomain(domain)}/${prefix4}//${prefix6}`;
    }
    default:
      return `${term.mechanism}${canonicalDomain(term.domain)}`;
  }
}

/** Like {@link canonicalTest} with the qualifier, and for modifiers too. */
export function canonicalTerm(term: SpfTerm): string {
  return "modifier" in term ? buildTerm(term) : `${term.qualifier}${canonicalTest(term)}`;
}

function canonicalDomain(spec: string | undefined): string {
  if (spec === undefined) {
    return "";
  }
  const name = spec.includes("%") ? spec : spec.toLowerCase();
  return `:${name.replace(/\.$/, "")}`;
}
