import { type DnsResolver, describeBudget, inspectSpf, spfBudget } from "pulumi-smarthost/mail-dns";

/** What is to be said of a domain's SPF record, by functions that need no engine and no cloud. */
export async function spfReport(domain: string, resolver: DnsResolver): Promise<string[]> {
  const budget = await spfBudget(domain, resolver);
  const findings = inspectSpf(budget.records[0]?.text ?? "", domain, budget);
  return [describeBudget(budget), ...findings.map(({ path, message }) => `${path}: ${message}`)];
}
