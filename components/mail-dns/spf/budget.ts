import type { DnsResolver } from "../resolver";
import { describePath, type SpfPath } from "./path";
import { fixedName, probeHost, type Voids } from "./probe";
import { buildTerm, isSpf, parseSpf } from "./record";
import { type SpfSize, spfSize } from "./size";
import {
  isAll,
  isDirective,
  LOOKUP_LIMIT,
  modifierValue,
  type SpfDirective,
  type SpfTerm,
  spendsLookup,
} from "./terms";

/** What a domain's SPF record costs a receiver at most, with everything that it includes. */
export interface SpfBudget {
  domain: string;
  /** Terms that spend a lookup, in the whole tree; over 10 it is a permerror for senders that match late. */
  lookups: number;
  /** Queries that find nothing, for clients of either IP version; over 2 it is a permerror. */
  voids: Voids;
  /** Every term that spends a lookup, in the order of evaluation. */
  spendings: BudgetSpending[];
  /** Every record of the tree, the domain's own first; one that is included twice stands here twice. */
  records: BudgetRecord[];
  /** What makes the evaluation fail where it is reached. */
  problems: BudgetProblem[];
  /** What depends on the sender or the client, and was counted but not looked up. */
  notFollowed: string[];
}

/** A term that spends a lookup. */
export interface BudgetSpending {
  /** `example.com include:_spf.google.com > include:_netblocks.google.com`. */
  path: string;
  voids: Voids;
}

export interface BudgetRecord {
  domain: string;
  /** The term that leads here; the domain itself for its own record. */
  path: string;
  text: string;
  size: SpfSize;
}

export interface BudgetProblem {
  path: string;
  /**
   * `missing`: the name has no SPF record. `several`: it has more than one. `invalid`: the record does not parse.
   * `loop`: it leads back to itself. `names`: an `mx` has more than 10. `unknown`: DNS gave no answer.
   * `too-large`: the tree was not followed to its end.
   */
  kind: "missing" | "several" | "invalid" | "loop" | "names" | "unknown" | "too-large";
  /** Reads on from the path: "has no SPF record". */
  message: string;
}

/** Where the walk ends in any case. Receivers stop at 10; this is for what a hostile tree could cost us. */
const MOST_RECORDS = 100;

/**
 * Walks the SPF record of a domain and all that it includes, whoever sends: what comes after an `all` is left out,
 * as nobody gets there. Macros of the sender are counted and not followed.
 *
 * @param planned the text that stands in for the domain's own record; left out, what DNS has is taken
 */
export async function spfBudget(domain: string, resolver: DnsResolver, planned?: string): Promise<SpfBudget> {
  const walk = new Walk(resolver);
  const tree = await walk.domain(domain.toLowerCase(), [domain], [], planned);
  const sum = (version: keyof Voids) =>
    tree.spendings.reduce((total, { voids }) => total + voids[version], 0);
  return { domain, lookups: tree.spendings.length, voids: { ipv4: sum("ipv4"), ipv6: sum("ipv6") }, ...tree };
}

/** `SPF lookups 3 of 10`, for a preview. */
export function describeBudget({ lookups }: SpfBudget): string {
  return `SPF lookups ${lookups} of ${LOOKUP_LIMIT}`;
}

type Tree = Pick<SpfBudget, "spendings" | "records" | "problems" | "notFollowed">;

function tree(part: Partial<Tree> = {}): Tree {
  return { spendings: [], records: [], problems: [], notFollowed: [], ...part };
}

function joined(parts: readonly Tree[]): Tree {
  return {
    spendings: parts.flatMap(({ spendings }) => spendings),
    records: parts.flatMap(({ records }) => records),
    problems: parts.flatMap(({ problems }) => problems),
    notFollowed: parts.flatMap(({ notFollowed }) => notFollowed),
  };
}

function problem(path: SpfPath, kind: BudgetProblem["kind"], message: string): Tree {
  return tree({ problems: [{ path: describePath(path), kind, message }] });
}

class Walk {
  private left = MOST_RECORDS;

  constructor(private readonly resolver: DnsResolver) {}

  /** `above`: the domains that led here, for the detection of loops. */
  async domain(name: string, path: SpfPath, above: readonly string[], planned?: string): Promise<Tree> {
    if (above.includes(name)) {
      return problem(
        path,
        "loop",
        `leads back to ${name}, so that the limit of ${LOOKUP_LIMIT} lookups is reached`,
      );
    }
    this.left -= 1;
    if (this.left < 0) {
      return problem(path, "too-large", `was not followed: the tree has more than ${MOST_RECORDS} records`);
    }
    const texts = await this.resolver.lookUp(name, "TXT").then(
      ({ records }) => records,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    if (texts instanceof Error && planned === undefined) {
      return problem(path, "unknown", `nobody answers for ${name}: ${texts.message}`);
    }
    const published = texts instanceof Error ? [] : texts;
    const [text, ...more] = planned === undefined ? published.filter(isSpf) : [planned];
    if (text === undefined) {
      return problem(path, "missing", `${name} has no SPF record`);
    }
    if (more.length > 0) {
      return problem(path, "several", `${name} has ${more.length + 1} SPF records, and one is allowed`);
    }
    const others = published.filter((each) => !isSpf(each));
    const size = spfSize(text, name, others);
    const own = tree({ records: [{ domain: name, path: describePath(path), text, size }] });
    return joined([own, await this.record(text, name, path, [...above, name])]);
  }

  private async record(text: string, name: string, path: SpfPath, above: readonly string[]): Promise<Tree> {
    let terms: SpfTerm[];
    try {
      terms = parseSpf(text);
    } catch (error) {
      if (error instanceof SyntaxError) {
        return problem(path, "invalid", `the record of ${name} is invalid: ${error.message}`);
      }
      throw error;
    }
    const all = terms.findIndex(isAll);
    const reached = (all < 0 ? terms : terms.slice(0, all)).filter(isDirective);
    const redirect = all < 0 ? modifierValue(terms, "redirect") : undefined;
    const parts = reached.filter(spendsLookup).map((term) => this.directive(term, name, path, above));
    if (redirect !== undefined) {
      const ownPath: SpfPath = [...path, `redirect=${redirect}`];
      parts.push(this.follow(redirect, name, ownPath, above));
    }
    return joined(await Promise.all(parts));
  }

  private async directive(
    term: SpfDirective,
    name: string,
    path: SpfPath,
    above: readonly string[],
  ): Promise<Tree> {
    const ownPath: SpfPath = [...path, buildTerm(term)];
    if (term.mechanism === "include") {
      return this.follow(term.domain, name, ownPath, above);
    }
    const spending = { path: describePath(ownPath), voids: { ipv4: 0, ipv6: 0 } };
    if (term.mechanism !== "a" && term.mechanism !== "mx" && term.mechanism !== "exists") {
      return tree({ spendings: [spending], notFollowed: [`${spending.path}: the names of the client`] });
    }
    const target = fixedName(term.domain, name);
    if (target === undefined) {
      return tree({
        spendings: [spending],
        notFollowed: [`${spending.path}: macros of the sender or client`],
      });
    }
    const { voids, fault } = await probeHost(this.resolver, term.mechanism, target);
    const problems = fault ? [{ path: spending.path, ...fault }] : [];
    return tree({ spendings: [{ ...spending, voids }], problems });
  }

  private async follow(spec: string, name: string, path: SpfPath, above: readonly string[]): Promise<Tree> {
    const spending = tree({ spendings: [{ path: describePath(path), voids: { ipv4: 0, ipv6: 0 } }] });
    const target = fixedName(spec, name);
    if (target === undefined) {
      const notFollowed = [`${describePath(path)}: macros of the sender or client`];
      return { ...spending, notFollowed };
    }
    return joined([spending, await this.domain(target, path, above)]);
  }
}
