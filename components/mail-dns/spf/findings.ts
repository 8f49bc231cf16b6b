import type { Finding } from "../finding";
import type { SpfBudget } from "./budget";
import { budgetFindings } from "./findings-budget";
import { rangeFindings } from "./findings-ranges";
import { sizeFindings } from "./findings-size";
import { termFindings } from "./findings-terms";
import { parseSpf } from "./record";
import { spfSize } from "./size";

/** Writes a finding of one record. */
export type Note = (severity: Finding["severity"], message: string, next: string) => void;

/**
 * Everything there is to say about an SPF record. Without a budget nothing is said about what it includes.
 *
 * @param text the record, as published or planned; one that is no SPF is a finding too
 * @param domain whose record it is
 * @param budget of the same record, from `spfBudget`
 * @param path of the findings; default the domain
 */
export function inspectSpf(
  text: string,
  domain: string,
  budget?: SpfBudget,
  path: string = domain,
): Finding[] {
  const findings: Finding[] = [];
  const note: Note = (severity, message, next) => findings.push({ severity, path, message, next });
  try {
    const terms = parseSpf(text);
    termFindings(text, terms, domain, note);
    rangeFindings(terms, note);
    budgetFindings(terms, budget, note);
    sizeFindings(budget?.records[0]?.size ?? spfSize(text, domain), note);
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    note(
      "error",
      `receivers ignore the whole record or take it for an error: ${error.message}`,
      "Correct these terms.",
    );
  }
  return findings;
}
