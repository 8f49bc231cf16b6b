import type { Fault } from "../faults";
import { alignmentFindings, type Sender } from "./alignment";
import {
  type DmarcSettings,
  type ExternalReport,
  externalReportFinding,
  isEnforcing,
  planDmarc,
} from "./dmarc/settings";
import { parseDomainName } from "./domain-name";
import type { Finding } from "./finding";
import { conflicts, type MailRecord, recordFaults } from "./record";
import { planSpf, type SpfSettings } from "./spf/settings";

/** What a domain's mail records are made from. `V` is `string`, or a Pulumi input. */
export interface MailDnsSettings<V> {
  /** The domain of the From addresses. An internationalized name is converted to A-labels. */
  domain: string;
  /** What the sending service asks for: return path and DKIM keys. Names plain, values may be outputs. */
  records?: MailRecord<V>[];
  /**
   * SPF for the domain itself as return path. Left out, no record is made: a service with a return path of its
   * own below the domain (SendGrid) brings the SPF record that receivers look at.
   */
  spf?: SpfSettings;
  /**
   * Default: policy `none` without reports. `false` makes no record, for a second identity of a domain whose policy
   * the first one publishes, and for a domain whose policy is kept elsewhere.
   */
  dmarc?: DmarcSettings | false;
  /**
   * What the sending service authenticates mail by, both in A-labels: the plan then says whether DMARC can pass.
   */
  sender?: {
    /** Domain of the return path, which SPF is checked for. */
    returnPath?: string;
    /** Domain in the DKIM signature (d=). */
    dkimDomain?: string;
  };
  /** Texts that names will have and that only the sending service knows for sure, for look-ups before that. */
  foreseen?: { [name: string]: string };
  /**
   * Domains of report addresses whose DNS is yours: the record with which they agree to get this domain's reports
   * (RFC 9990 section 4) is part of the plan. For others a finding says what their owners have to publish.
   */
  reportDomains?: string[];
}

/** The records of a domain with their purposes, and everything there is to say about them, as plain data. */
export interface MailPlan<V> {
  /** In A-labels. */
  domain: string;
  /** What authenticates: published first, and what a validation looks at. */
  authentication: (MailRecord<V> | MailRecord)[];
  /** The DMARC policy: published last when it is enforcing. */
  policy: MailRecord | undefined;
  /** What the domains of report addresses publish, by these domains. */
  reports: { destination: string; record: MailRecord }[];
  /** What other domains have to publish before they get reports; nobody but their owners can. */
  foreignReports: ExternalReport[];
  /** What mail is authenticated by, with the alignment that the policy asks for. */
  sender: Sender | undefined;
  /** Texts that names will have and that only the sending service knows for sure. */
  foreseen: { [name: string]: string };
  /** Whether receivers are asked to hold back or refuse mail that fails. */
  enforcing: boolean;
  faults: Fault[];
  findings: Finding[];
}

/** Computes the records. Nothing is looked up; all faults are reported at once. */
export function planMailDns<V>(settings: MailDnsSettings<V>): MailPlan<V> {
  const { records = [], spf, dmarc = {} } = settings;
  const { name: domain, faults, converted } = parseDomainName(settings.domain, "domain");
  const findings: Finding[] = [];
  if (converted) {
    findings.push({
      severity: "info",
      path: "domain",
      message: `${converted.from} is published as ${converted.to}`,
      next: "Nothing to do: DNS carries A-labels.",
    });
  }
  const authentication: (MailRecord<V> | MailRecord)[] = [...records];
  if (spf) {
    const planned = planSpf(spf, "spf", domain);
    faults.push(...planned.faults);
    findings.push(...planned.findings);
    authentication.push({
      key: "spf",
      purpose: "SPF: who may use the domain as return path",
      name: domain,
      type: "TXT",
      value: planned.text,
    });
  }
  const plan: MailPlan<V> = {
    domain,
    authentication,
    policy: undefined,
    reports: [],
    foreignReports: [],
    sender: undefined,
    foreseen: settings.foreseen ?? {},
    enforcing: dmarc !== false && isEnforcing(dmarc),
    faults,
    findings,
  };
  if (dmarc !== false) {
    addPolicy(plan, dmarc, settings.reportDomains ?? []);
    if (settings.sender && plan.faults.length === 0) {
      const { spfAlignment: spfMode = "relaxed", dkimAlignment: dkimMode = "relaxed" } = dmarc;
      plan.sender = { from: domain, ...settings.sender, spfMode, dkimMode };
      plan.findings.push(...alignmentFindings(plan.sender, "dmarc"));
    }
  }
  const all = recordsOf(plan);
  faults.push(...all.flatMap((record) => recordFaults(record, "records")), ...conflicts(all, "records"));
  return plan;
}

function addPolicy(plan: MailPlan<unknown>, dmarc: DmarcSettings, reportDomains: readonly string[]): void {
  const { domain } = plan;
  const { text, externalReports, faults, findings } = planDmarc(domain, dmarc, "dmarc");
  plan.faults.push(...faults);
  plan.findings.push(...findings);
  plan.policy = {
    key: "dmarc",
    purpose: "DMARC: what receivers do with mail that fails, where they report",
    name: `_dmarc.${domain}`,
    type: "TXT",
    value: text,
  };
  for (const report of externalReports) {
    const { destination, name } = report;
    if (!reportDomains.includes(destination)) {
      plan.foreignReports.push(report);
      plan.findings.push(externalReportFinding(report));
      continue;
    }
    const purpose = `DMARC: ${destination} takes the reports of ${domain}`;
    plan.reports.push({
      destination,
      record: {
        key: `reports-to-${destination}`,
        purpose: purpose.slice(0, 100),
        name,
        type: "TXT",
        value: report.text,
      },
    });
  }
}

/** Every record of a plan, in the order of publication. */
export function recordsOf<V>({
  authentication,
  policy,
  reports,
}: MailPlan<V>): (MailRecord<V> | MailRecord)[] {
  return [...authentication, ...reports.map(({ record }) => record), ...(policy ? [policy] : [])];
}
