import type { DnsResolver } from "../../components/mail-dns/resolver";
import type { Preview } from "../../mail-resources/preview";
import { SHOWN_UNKNOWN } from "../../mail-resources/value";
import { dkimReport } from "./domains/dkim";
import { dmarcReport } from "./domains/dmarc";
import { ownerOf } from "./domains/owner";
import { type PreviewedDns, previewedDns } from "./domains/published";
import { DKIM_NAME, DMARC_NAME, REPORT_NAME } from "./domains/purpose";
import { recordFindings } from "./domains/record-findings";
import { compareRecords, recordChange } from "./domains/records";
import { spfReport } from "./domains/spf";
import { type DeclaredNames, declaredNames } from "./identities";
import type { DomainReport, RecordChange, ReportFinding } from "./report";

/** The domains of which a record changes, and what is to be said about them. */
export interface DomainReports {
  domains: DomainReport[];
  findings: ReportFinding[];
}

/**
 * What an update does to the mail records of each domain.
 *
 * @param resolver who is asked what SPF records include beyond the preview; left out, nobody is
 */
export async function domainReports(preview: Preview, resolver?: DnsResolver): Promise<DomainReports> {
  const dns = previewedDns(preview);
  const names = { before: declaredNames(preview, "before"), after: declaredNames(preview, "after") };
  const records = dns.pairs.flatMap((pair) => recordChange(pair, names) ?? []).toSorted(compareRecords);
  const owner = ownerOf([...dns.before.names(), ...dns.after.names()], [names.before, names.after]);
  const byDomain = new Map<string, RecordChange[]>();
  for (const record of records) {
    const domain = owner(record.name === SHOWN_UNKNOWN ? undefined : record.name);
    byDomain.set(domain, [...(byDomain.get(domain) ?? []), record]);
  }
  const reports = await Promise.all(
    [...byDomain].map(([domain, changes]) => domainReport(domain, changes, dns, names.after, resolver)),
  );
  reports.sort((one, other) => one.report.domain.localeCompare(other.report.domain, "en"));
  return {
    domains: reports.map(({ report }) => report),
    findings: reports.flatMap(({ report, findings }) =>
      findings.map((finding) => ({ ...finding, subject: finding.subject ?? report.domain })),
    ),
  };
}

async function domainReport(
  domain: string,
  records: RecordChange[],
  dns: PreviewedDns,
  identities: DeclaredNames,
  resolver: DnsResolver | undefined,
): Promise<{ report: DomainReport; findings: ReportFinding[] }> {
  // What is adopted stays as it is: receivers see no change.
  const moved = records.filter(({ change }) => change !== "adopted");
  const touched = [...new Set(moved.flatMap(({ before, after }) => [before?.name, after?.name]))].filter(
    (name) => name !== undefined,
  );
  const spf = (await Promise.all(touched.map((name) => spfReport(name, dns, resolver)))).filter(
    (each) => each !== undefined,
  );
  const dmarc = touched
    .filter((name) => DMARC_NAME.test(name) && !REPORT_NAME.test(name))
    .flatMap((name) => dmarcReport(name, dns) ?? []);
  const dkim = touched
    .filter((name) => DKIM_NAME.test(name))
    .flatMap((name) => dkimReport(name, dns, identities) ?? []);
  const urns = new Map(records.map(({ name, urn }) => [name, urn]));
  return {
    report: {
      domain,
      records,
      spf: spf.map(({ report }) => report),
      dmarc: dmarc[0]?.report,
      dkim: dkim.map(({ report }) => report),
    },
    findings: [
      ...[...spf, ...dmarc, ...dkim]
        .flatMap(({ findings }) => findings)
        .map((finding) => ({ ...finding, urn: finding.urn ?? urns.get(finding.path) })),
      ...records.flatMap((record) => recordFindings(record, identities)),
    ],
  };
}
