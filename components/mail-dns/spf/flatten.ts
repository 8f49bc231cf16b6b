import type { DnsResolver } from "../resolver";
import { canonicalTerm } from "./canonical";
import { describePath, type SpfPath } from "./path";
import { fixedName, probeHost } from "./probe";
import { buildSpf, buildTerm, isSpf, parseSpf } from "./record";
import { type SpfSize, spfSize } from "./size";
import {
  LOOKUP_LIMIT,
  lookupTerms,
  modifierValue,
  type SpfDirective,
  type SpfQualifier,
  type SpfTerm,
} from "./terms";

/** What a record would be with addresses in place of the names that it includes. A report, to be decided on. */
export interface FlattenedSpf {
  /** The record with addresses; what cannot be flattened is left out, see `lost`. */
  text: string;
  /** Its `ip4:` and `ip6:` terms, in the order of evaluation, each range once. */
  addresses: string[];
  size: SpfSize;
  /** Own terms that spend a lookup today. */
  lookups: number;
  /** Senders that the addresses leave out, each with the path of its term and why. */
  lost: string[];
  /** What goes wrong later. */
  risks: string[];
}

/**
 * Reports which addresses a domain's SPF record stands for at this moment. The text is a copy of what others publish:
 * when they change their addresses, mail fails until somebody flattens again. Nothing here uses it by itself.
 *
 * @param planned the text that stands in for the domain's own record
 */
export async function flattenSpf(
  domain: string,
  resolver: DnsResolver,
  planned?: string,
): Promise<FlattenedSpf> {
  const lost: string[] = [];
  const flattener = new Flattener(resolver, lost);
  const own = await flattener.read(domain.toLowerCase(), [domain], planned);
  const terms =
    own === undefined ? [] : await flattener.passing(own, domain.toLowerCase(), [domain], [domain]);
  const unique = [...new Map(terms.map((term) => [canonicalTerm(term), term])).values()];
  const end = await flattener.end(own ?? [], domain.toLowerCase(), [domain]);
  const text = buildSpf([...unique, ...end]);
  const size = spfSize(text, domain);
  const lookups = lookupTerms(own ?? []).length;
  return {
    text,
    addresses: unique.map(buildTerm),
    size,
    lookups,
    lost,
    risks: risksOf(lookups, unique, size),
  };
}

function risksOf(lookups: number, terms: readonly SpfTerm[], size: SpfSize): string[] {
  const risks = [
    "The services change their addresses without notice: a copy fails mail from the day they do.",
  ];
  if (lookups <= LOOKUP_LIMIT) {
    risks.push(
      `The record's own terms spend ${lookups} lookups of ${LOOKUP_LIMIT}: flattening may not be needed.`,
    );
  }
  if (size.answer > 512) {
    risks.push(
      `The answer has ${size.answer} octets, over the 512 that every receiver can take (RFC 7208 section 3.4).`,
    );
  }
  if (terms.length === 0) {
    risks.push("No addresses were found: the record would refuse all mail.");
  }
  return risks;
}

class Flattener {
  constructor(
    private readonly resolver: DnsResolver,
    private readonly lost: string[],
  ) {}

  /** The terms of a domain's record; undefined, and a loss, when there is none that is valid. */
  async read(domain: string, path: SpfPath, planned?: string): Promise<SpfTerm[] | undefined> {
    try {
      const texts =
        planned === undefined ? (await this.resolver.lookUp(domain, "TXT")).records.filter(isSpf) : [planned];
      const [text, ...more] = texts;
      if (text !== undefined && more.length === 0) {
        return parseSpf(text);
      }
      this.lose(path, `${domain} has ${texts.length} SPF records`);
    } catch (error) {
      this.lose(path, error instanceof Error ? error.message : String(error));
    }
    return undefined;
  }

  /** The addresses that the record passes, as terms that pass. */
  async passing(
    terms: readonly SpfTerm[],
    domain: string,
    path: SpfPath,
    above: readonly string[],
  ): Promise<SpfTerm[]> {
    const found: SpfTerm[] = [];
    for (const term of terms) {
      if ("modifier" in term) {
        continue;
      }
      if (term.mechanism === "all") {
        if (term.qualifier === "+" && path.length > 1) {
          this.lose([...path, buildTerm(term)], "passes everybody, which no list of addresses does");
        }
        return found;
      }
      found.push(...(await this.directive(term, domain, [...path, buildTerm(term)], above)));
    }
    const redirect = modifierValue(terms, "redirect");
    if (redirect !== undefined) {
      found.push(...(await this.follow(redirect, domain, [...path, `redirect=${redirect}`], above)));
    }
    return found;
  }

  /** What the record says about everybody else, wherever a redirect leads. */
  async end(terms: readonly SpfTerm[], domain: string, path: SpfPath): Promise<SpfTerm[]> {
    const all = terms.find((term) => "mechanism" in term && term.mechanism === "all");
    const redirect = all ? undefined : modifierValue(terms, "redirect");
    const target = redirect === undefined ? undefined : fixedName(redirect, domain);
    if (target === undefined || path.length > LOOKUP_LIMIT) {
      return all ? [all] : [];
    }
    const quiet = new Flattener(this.resolver, []);
    return quiet.end((await quiet.read(target, path)) ?? [], target, [...path, target]);
  }

  private async directive(
    term: Exclude<SpfDirective, { mechanism: "all" }>,
    domain: string,
    path: SpfPath,
    above: readonly string[],
  ): Promise<SpfTerm[]> {
    if (term.qualifier !== PASS) {
      this.lose(path, "is an exception, which a list of those who pass cannot say");
      return [];
    }
    switch (term.mechanism) {
      case "ip4":
      case "ip6":
        return [term];
      case "include":
        return this.follow(term.domain, domain, path, above);
      case "ptr":
      case "exists":
        this.lose(path, "depends on the sender or the client");
        return [];
    }
    const name = fixedName(term.domain, domain);
    if (name === undefined) {
      this.lose(path, "depends on the sender or the client");
      return [];
    }
    const { addresses, fault } = await probeHost(this.resolver, term.mechanism, name);
    if (fault || addresses.ipv4.length + addresses.ipv6.length === 0) {
      this.lose(path, fault?.message ?? `${name} has no addresses`);
    }
    return [
      ...addresses.ipv4.map((network) => range("ip4", network, term.prefix4)),
      ...addresses.ipv6.map((network) => range("ip6", network, term.prefix6)),
    ];
  }

  private async follow(
    spec: string,
    domain: string,
    path: SpfPath,
    above: readonly string[],
  ): Promise<SpfTerm[]> {
    const name = fixedName(spec, domain);
    if (name === undefined || above.includes(name)) {
      this.lose(path, name === undefined ? "depends on the sender or the client" : `leads back to ${name}`);
      return [];
    }
    const terms = await this.read(name, path);
    return terms === undefined ? [] : this.passing(terms, name, path, [...above, name]);
  }

  private lose(path: SpfPath, why: string): void {
    this.lost.push(`${describePath(path)}: ${why}`);
  }
}

const PASS: SpfQualifier = "+";

function range(mechanism: "ip4" | "ip6", network: string, prefix: number | undefined): SpfTerm {
  return { qualifier: PASS, mechanism, network, ...(prefix === undefined ? {} : { prefix }) };
}
