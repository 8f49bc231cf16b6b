import type { DnsResolver } from "../../components/mail-dns/resolver";
import type { Preview } from "../../mail-resources/preview";
import { costChanges } from "./costs";
import { diagnosticFindings } from "./diagnostics";
import { domainReports } from "./domains";
import { mailPath } from "./mail-path";
import { relayReports } from "./relays";
import type { MailReport, ReportFinding } from "./report";
import { senderReports } from "./senders";
import { gravity } from "./severity";

/** Who is asked while a report is made. */
export interface ReportOptions {
  /** Asked what SPF records include beyond the preview. Left out, nobody is asked, and the report says so. */
  resolver?: DnsResolver;
}

/** Computes what a preview means for mail. Never rejects for what DNS does not answer: that is in the report. */
export async function buildReport(preview: Preview, { resolver }: ReportOptions = {}): Promise<MailReport> {
  const { domains, findings: domainFindings } = await domainReports(preview, resolver);
  const { senders, findings: senderFindings } = senderReports(preview);
  const { relays, findings: relayFindings } = relayReports(preview);
  const costs = costChanges(preview);
  const path = mailPath(preview);
  const own = [...domainFindings, ...senderFindings, ...relayFindings];
  const refused = preview.diagnostics.some(({ severity }) => severity === "error");
  const changes = domains.length + senders.length + relays.length + costs.length > 0 || path !== undefined;
  const findings = sorted([...own, ...diagnosticFindings(preview, own)]);
  return {
    stack: preview.stack,
    refused,
    unseen: preview.unseen,
    domains,
    senders,
    relays,
    costs,
    ...(path && { path }),
    findings,
    unchanged: !refused && !changes && findings.every(({ severity }) => severity === "info"),
  };
}

/** Errors first; findings of one severity stay in their order, and the same is said once. */
function sorted(findings: readonly ReportFinding[]): ReportFinding[] {
  const distinct = new Map(
    findings.map((finding) => [`${finding.severity} ${finding.path} ${finding.message}`, finding]),
  );
  return [...distinct.values()].toSorted((one, other) => gravity(other.severity) - gravity(one.severity));
}
