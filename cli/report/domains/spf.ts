import type { DnsResolver } from "../../../components/mail-dns/resolver";
import { type SpfBudget, spfBudget } from "../../../components/mail-dns/spf/budget";
import { describeSpfChange } from "../../../components/mail-dns/spf/changes";
import { inspectSpf } from "../../../components/mail-dns/spf/findings";
import { isSpf, LOOKUP_LIMIT, lookupTerms, parseSpf } from "../../../components/mail-dns/spf/record";
import type { ReportFinding, SpfReport, SpfState } from "../report";
import { type PreviewedDns, type Published, resolverAt } from "./published";

/** What happens to the SPF record of a name, or undefined where it does not change. */
export async function spfReport(
  name: string,
  dns: PreviewedDns,
  resolver: DnsResolver | undefined,
): Promise<{ report: SpfReport; findings: ReportFinding[] } | undefined> {
  const [was, is] = [policies(dns.before, name), policies(dns.after, name)];
  if (was.join("\n") === is.join("\n") && !becomesUnknown(dns, name)) {
    return undefined;
  }
  if (is.length > 1) {
    return several(name, was, is);
  }
  const [before, after] = await Promise.all([
    stateOf(name, was, resolverAt(dns.before, dns.after, resolver)),
    stateOf(name, is, resolverAt(dns.after, dns.before, resolver)),
  ]);
  const report = { name, before: before?.state, after: after?.state, summary: "" };
  report.summary = dns.after.hasUnknownText(name) && is.length === 0 ? UNKNOWN_AFTER : summary(report);
  return { report, findings: findingsOf(name, before, after, resolver) };
}

const UNKNOWN_AFTER = "what the SPF record says is known after the update";

/** Whether an SPF record goes, and what comes is not known. */
function becomesUnknown({ before, after }: PreviewedDns, name: string): boolean {
  return (
    policies(before, name).length > 0 && policies(after, name).length === 0 && after.hasUnknownText(name)
  );
}

function policies(published: Published, name: string): string[] {
  return published.texts(name).filter(isSpf).toSorted();
}

interface Evaluated {
  state: SpfState;
  budget: SpfBudget;
  /** Whether everything that the record includes is known. */
  complete: boolean;
}

async function stateOf(
  name: string,
  [text]: readonly string[],
  resolver: DnsResolver,
): Promise<Evaluated | undefined> {
  if (text === undefined) {
    return undefined;
  }
  const budget = await spfBudget(name, resolver, text);
  const complete = !budget.problems.some(({ kind }) => kind === "unknown" || kind === "too-large");
  const state: SpfState = {
    text,
    lookups: complete ? budget.lookups : undefined,
    ownLookups: ownLookups(text),
  };
  return { state, budget, complete };
}

function ownLookups(text: string): number | undefined {
  try {
    return lookupTerms(parseSpf(text)).length;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function summary({ before, after }: Pick<SpfReport, "before" | "after">): string {
  if (after === undefined) {
    return "the SPF record is removed";
  }
  const arrow = (was: number | undefined, is: number) =>
    was === undefined || was === is ? `${is}` : `${was} → ${is}`;
  if (after.lookups !== undefined) {
    return `SPF lookups ${arrow(before?.lookups, after.lookups)} of ${LOOKUP_LIMIT}`;
  }
  return after.ownLookups === undefined
    ? "SPF lookups can't be counted"
    : `SPF lookups ${arrow(before?.ownLookups, after.ownLookups)} of ${LOOKUP_LIMIT} by the record's own terms; what they include was not looked up`;
}

function findingsOf(
  name: string,
  before: Evaluated | undefined,
  after: Evaluated | undefined,
  resolver: DnsResolver | undefined,
): ReportFinding[] {
  if (after === undefined) {
    const message =
      "the SPF record is removed: receivers find no statement about who may use the domain as return path";
    const next = "Keep it as long as mail has this domain as return path.";
    return before ? [{ severity: "warning", path: name, message, next }] : [];
  }
  const { state, budget, complete } = after;
  // Where nobody was to be asked, that nobody answered is no finding.
  const asked = resolver !== undefined || complete ? budget : undefined;
  return [
    ...(before ? describeSpfChange(before.state.text, state.text, name) : []),
    ...inspectSpf(state.text, name, asked, name),
  ];
}

function several(name: string, was: readonly string[], is: readonly string[]) {
  const message = `has ${is.length} SPF records after the update, and receivers fail every check then (RFC 7208 section 4.5): ${is.join(" and ")}`;
  const finding: ReportFinding = {
    severity: "error",
    path: name,
    message,
    next: "Merge them into one record.",
  };
  const summaryText = `${is.length} SPF records: every check fails`;
  const [text = ""] = is;
  const before = was[0] === undefined ? undefined : { text: was[0], ownLookups: ownLookups(was[0]) };
  return { report: { name, before, after: { text }, summary: summaryText }, findings: [finding] };
}
