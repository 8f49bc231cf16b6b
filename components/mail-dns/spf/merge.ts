import type { Fault } from "../../faults";
import type { Finding } from "../finding";
import { canonicalTest } from "./canonical";
import { buildSpf, buildTerm, parseSpf } from "./record";
import {
  isAll,
  isDirective,
  LOOKUP_LIMIT,
  lookupTerms,
  modifierValue,
  type SpfDirective,
  type SpfTerm,
} from "./terms";

/** One record for all who send, as a domain may have one only (RFC 7208 section 4.5). */
export interface MergedSpf {
  /** The existing record as it is, where nothing had to be done. */
  text: string;
  /** Terms of ours that the existing record did not have. */
  added: SpfTerm[];
  /** Terms of either record that say again what an earlier one says. */
  dropped: SpfTerm[];
  faults: Fault[];
  findings: Finding[];
}

/**
 * Adds who else may send to a record that is published. Mechanisms of the existing record keep their order and so
 * their results; ours are tried after them, before its `all` or `redirect`, which stay as they are. Merging again
 * changes nothing.
 *
 * @param existing the text of the published record
 * @param ours terms or the text of a record, of which the mechanisms but for `all` are added
 * @param path of the existing record, for faults and findings
 * @throws SyntaxError that names the terms of either text which are not SPF
 */
export function mergeSpf(
  existing: string,
  ours: readonly SpfTerm[] | string,
  path = "spf.existing",
): MergedSpf {
  const own = typeof ours === "string" ? parseSpf(ours) : ours;
  const published = parseSpf(existing);
  const { kept, dropped } = withoutRepetition(published);
  const known = new Map(kept.filter(isDirective).map((term) => [canonicalTest(term), term]));
  const added: SpfDirective[] = [];
  const findings: Finding[] = [];
  for (const term of own.filter(isDirective)) {
    if (isAll(term)) {
      continue;
    }
    const same = known.get(canonicalTest(term));
    if (same === undefined) {
      known.set(canonicalTest(term), term);
      added.push(term);
      continue;
    }
    dropped.push(term);
    if (same.qualifier !== term.qualifier) {
      findings.push(decidedOtherwise(same, term, path));
    }
  }
  const terms = insert(kept, added);
  const changed = added.length > 0 || kept.length < published.length;
  findings.push(...explainDefault(published, own, path));
  const before = lookupTerms(published).length;
  const after = lookupTerms(terms).length;
  if (before !== after) {
    findings.push(explainLookups(before, after, path));
  }
  const faults = after > LOOKUP_LIMIT ? [tooMany(before, after, path)] : [];
  return { text: changed ? buildSpf(terms) : existing, added, dropped, faults, findings };
}

/** Of directives about the same senders only the first counts. */
function withoutRepetition(terms: readonly SpfTerm[]): { kept: SpfTerm[]; dropped: SpfTerm[] } {
  const seen = new Set<string>();
  const kept: SpfTerm[] = [];
  const dropped: SpfTerm[] = [];
  for (const term of terms) {
    const test = isDirective(term) ? canonicalTest(term) : undefined;
    (test !== undefined && seen.has(test) ? dropped : kept).push(term);
    if (test !== undefined) {
      seen.add(test);
    }
  }
  return { kept, dropped };
}

/** Before `all`; without one, after the last mechanism, which is before what usually is at the end: modifiers. */
function insert(terms: readonly SpfTerm[], added: readonly SpfTerm[]): SpfTerm[] {
  const all = terms.findIndex(isAll);
  const at = all < 0 ? terms.findLastIndex(isDirective) + 1 : all;
  return [...terms.slice(0, at), ...added, ...terms.slice(at)];
}

function decidedOtherwise(same: SpfDirective, ours: SpfDirective, path: string): Finding {
  return {
    severity: "warning",
    path,
    message: `"${buildTerm(same)}" of the existing record decides before "${buildTerm(ours)}", which was not added`,
    next: `Change the qualifier in the existing record if these senders are to get "${buildTerm(ours)}".`,
  };
}

const MEANINGS: Readonly<Record<string, string>> = {
  all: "passes everybody else",
  "-all": "lets receivers refuse everybody else",
  "~all": "marks everybody else as suspicious",
  "?all": "says nothing about everybody else",
};

/** What becomes of everybody else is the existing record's to say. */
function explainDefault(existing: readonly SpfTerm[], own: readonly SpfTerm[], path: string): Finding[] {
  const theirs = defaultOf(existing);
  const wanted = defaultOf(own);
  if (wanted === undefined || wanted === theirs) {
    return [];
  }
  return [
    {
      severity: theirs === undefined ? "warning" : "info",
      path,
      message: `${explain(theirs)} and stays as it is; the settings ask for "${wanted}"`,
      next: "Change it in the existing record when you know who else sends.",
    },
  ];
}

/** `~all`, `redirect=example.net`, or undefined for a record that ends without. */
function defaultOf(terms: readonly SpfTerm[]): string | undefined {
  const all = terms.find(isAll);
  const redirect = modifierValue(terms, "redirect");
  return all ? buildTerm(all) : redirect === undefined ? undefined : `redirect=${redirect}`;
}

function explain(theirs: string | undefined): string {
  if (theirs === undefined) {
    return 'the existing record has neither "all" nor "redirect", so it says nothing about everybody else,';
  }
  if (theirs.startsWith("redirect=")) {
    return `"${theirs}" of the existing record leaves everybody else to another record`;
  }
  return `"${theirs}" of the existing record ${MEANINGS[theirs]}`;
}

function explainLookups(before: number, after: number, path: string): Finding {
  return {
    severity: "info",
    path,
    message: `the record's own terms spend lookups ${before} → ${after} of ${LOOKUP_LIMIT}; what they include adds to that`,
    next: "Nothing to do as long as the whole tree stays at 10 or below.",
  };
}

function tooMany(before: number, after: number, path: string): Fault {
  return {
    path,
    reason: `has ${before} terms that need DNS lookups, with the settings ${after}, and receivers give up after ${LOOKUP_LIMIT} (RFC 7208 section 4.6.4)`,
    next: "Remove includes of services that no longer send, or give one of them a subdomain of its own.",
  };
}
