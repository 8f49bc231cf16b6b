import { walkedAlignmentFindings } from "./alignment";
import { externalReportFinding } from "./dmarc/settings";
import type { Finding } from "./finding";
import { compareOrganizationalDomain, walkOrganizationalDomain } from "./organizational-domain";
import type { MailPlan } from "./plan";
import type { MailRecord } from "./record";
import { type DnsResolver, withPlanned } from "./resolver";
import { describeBudget, spfBudget } from "./spf/budget";
import { inspectSpf } from "./spf/findings";

/**
 * What DNS adds to the findings of a plan, for one of its records that is about to be published: what SPF costs with
 * everything it includes, whether domains align by tree walk, whether other domains take the reports. What the plan
 * itself said is not repeated. Never rejects: what cannot be looked up is a warning.
 */
export async function lookedUpFindings<V>(
  record: MailRecord<V> | MailRecord,
  plan: MailPlan<V>,
  resolver: DnsResolver,
): Promise<Finding[]> {
  const asks = { spf: spfFindings, dmarc: dmarcFindings };
  const ask = record.key === "spf" || record.key === "dmarc" ? asks[record.key] : undefined;
  if (!ask || typeof record.value !== "string") {
    return [];
  }
  try {
    const found = await ask(record.value, plan, withPlanned(resolver, plannedTexts(plan)));
    const said = new Set(plan.findings.map(claimOf));
    return found.filter((finding) => !said.has(claimOf(finding)));
  } catch (error) {
    return [
      {
        severity: "warning",
        path: record.key,
        message: `what the record leads to was not checked, as DNS did not answer: ${
          error instanceof Error ? error.message : String(error)
        }`,
        next: "Run the preview again where DNS answers, before you publish the record.",
      },
    ];
  }
}

/** What a finding says, without how it is known. */
function claimOf({ path, message }: Finding): string {
  return `${path}: ${message.replace(/ \(organizational domains [^)]*\)$/, "")}`;
}

async function spfFindings(
  text: string,
  { domain }: MailPlan<unknown>,
  resolver: DnsResolver,
): Promise<Finding[]> {
  const budget = await spfBudget(domain, resolver, text);
  const paths = budget.spendings.map(({ path }) => path).join(", ");
  return [
    ...inspectSpf(text, domain, budget, "spf"),
    {
      severity: "info",
      path: "spf",
      message: `${describeBudget(budget)}${paths && `: ${paths}`}`,
      next: "Nothing to do while it is below 10.",
    },
  ];
}

async function dmarcFindings(
  _text: string,
  { sender, foreignReports, enforcing }: MailPlan<unknown>,
  resolver: DnsResolver,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const report of foreignReports) {
    const { records } = await resolver.lookUp(report.name, "TXT");
    const agrees = records.some((text) => /^v=DMARC1\s*(;|$)/.test(text));
    findings.push(
      agrees
        ? {
            severity: "info",
            path: report.path,
            message: `${report.destination} agrees to take the reports`,
            next: "Nothing to do.",
          }
        : externalReportFinding(report),
    );
  }
  if (!sender) {
    return findings;
  }
  const domains = new Set([sender.from, sender.returnPath, sender.dkimDomain]);
  for (const domain of domains) {
    const walk = domain === undefined ? undefined : await walkOrganizationalDomain(domain, resolver);
    const difference = walk && compareOrganizationalDomain(walk, "dmarc");
    findings.push(...(difference ? [difference] : []));
  }
  const aligned = await walkedAlignmentFindings(sender, "dmarc", resolver);
  // Mail that can never pass is delivered all the same while nobody is asked to hold it back.
  const severityOf = ({ severity }: Finding) => (severity === "error" && !enforcing ? "warning" : severity);
  return [...findings, ...aligned.map((finding) => ({ ...finding, severity: severityOf(finding) }))];
}

/** The texts that names have once the plan is published. */
function plannedTexts({ authentication, policy, foreseen }: MailPlan<unknown>): ReadonlyMap<string, string> {
  const texts = new Map(Object.entries(foreseen));
  for (const { name, type, value } of policy ? [...authentication, policy] : authentication) {
    if (type === "TXT" && typeof name === "string" && typeof value === "string") {
      texts.set(name, value);
    }
  }
  return texts;
}
