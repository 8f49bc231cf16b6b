import type { Finding } from "../finding";
import { canonicalTerm } from "./canonical";
import { buildTerm, isSpf, parseSpf } from "./record";
import { isAll, isDirective, LOOKUP_LIMIT, lookupTerms, type SpfTerm } from "./terms";

/**
 * What a step from one published SPF record to another changes: who may send, who no longer may, what happens to
 * everybody else, and the lookups of the record's own terms. Nothing is looked up.
 *
 * @param before the text in DNS now; one that is no SPF says nothing
 * @param after the text to be published
 */
export function describeSpfChange(before: string, after: string, path = "spf"): Finding[] {
  if (!isSpf(before)) {
    return [];
  }
  const was = read(before);
  const now = read(after);
  if (!was || !now) {
    const message = was
      ? "receivers will not be able to read the record"
      : "receivers could not read the record before";
    return [{ severity: was ? "error" : "info", path, message, next: "Check its spelling." }];
  }
  const gone = difference(was, now);
  const added = difference(now, was);
  const findings: Finding[] = [];
  if (gone.length > 0) {
    findings.push({
      severity: "warning",
      path,
      message: `what ${gone.join(" ")} stood for is no longer in the record`,
      next: "Set spf.existing to the record as it is published, to keep what it says.",
    });
  }
  if (added.length > 0) {
    const lookups = (terms: readonly SpfTerm[]) => lookupTerms(terms).length;
    findings.push({
      severity: "info",
      path,
      message: `${added.join(" ")} is added; lookups of the record's own terms ${lookups(was)} → ${lookups(now)} of ${LOOKUP_LIMIT}`,
      next: "Nothing to do while all that it includes stays below 10 too.",
    });
  }
  const [allWas, allNow] = [endOf(was), endOf(now)];
  if (allWas !== allNow) {
    findings.push({
      severity: "warning",
      path,
      message: `what receivers do with everybody else changes: ${allWas} → ${allNow}`,
      next: "Check in the DMARC reports that nobody else sends for the domain.",
    });
  }
  return findings;
}

function read(text: string): SpfTerm[] | undefined {
  try {
    return parseSpf(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** The terms of one record that the other lacks, but for what stands at its end. */
function difference(terms: readonly SpfTerm[], others: readonly SpfTerm[]): string[] {
  const there = new Set(others.map(canonicalTerm));
  return terms.filter((term) => !isEnd(term) && !there.has(canonicalTerm(term))).map(buildTerm);
}

function isEnd(term: SpfTerm): boolean {
  return isDirective(term) ? isAll(term) : term.modifier === "redirect";
}

function endOf(terms: readonly SpfTerm[]): string {
  const end = terms.find(isEnd);
  return end ? buildTerm(end) : "no all, which is ?all";
}
