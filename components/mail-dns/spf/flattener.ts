import type { DnsResolver } from "../resolver";
import { describePath, type SpfPath } from "./path";
import { fixedName, probeHost } from "./probe";
import { buildTerm, isSpf, parseSpf } from "./record";
import {
  type AllDirective,
  isAll,
  isDirective,
  LOOKUP_LIMIT,
  modifierValue,
  type SpfDirective,
  type SpfQualifier,
  type SpfTerm,
} from "./terms";

/** Walks SPF records for the addresses that they pass at this moment; `lost` gets what no address can stand for. */
export class Flattener {
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
      if (!isDirective(term)) {
        continue;
      }
      if (isAll(term)) {
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
    const all = terms.find(isAll);
    const redirect = all ? undefined : modifierValue(terms, "redirect");
    const target = redirect === undefined ? undefined : fixedName(redirect, domain);
    if (target === undefined || path.length > LOOKUP_LIMIT) {
      return all ? [all] : [];
    }
    const quiet = new Flattener(this.resolver, []);
    return quiet.end((await quiet.read(target, path)) ?? [], target, [...path, target]);
  }

  private async directive(
    term: Exclude<SpfDirective, AllDirective>,
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
