import type { Fault } from "../faults";
import { type DmarcSettings, isEnforcing, planDmarc } from "./dmarc/settings";
import { parseDomainName } from "./domain-name";
import type { Finding } from "./finding";
import { conflicts, type MailRecord } from "./record";
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
  /** Default: policy `none` without reports. */
  dmarc?: DmarcSettings;
}

/** The records of a domain with their purposes, and everything there is to say about them, as plain data. */
export interface MailPlan<V> {
  /** In A-labels. */
  domain: string;
  /** What authenticates: published first, and what a validation looks at. */
  authentication: (MailRecord<V> | MailRecord)[];
  /** The policy: published last when it is enforcing. */
  dmarc: MailRecord;
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
    const message = `${converted.from} is published as ${converted.to}`;
    findings.push({
      severity: "info",
      path: "domain",
      message,
      next: "Nothing to do: DNS carries A-labels.",
    });
  }
  const authentication: (MailRecord<V> | MailRecord)[] = [...records];
  if (spf) {
    const planned = planSpf(spf, "spf");
    faults.push(...planned.faults);
    authentication.push({
      key: "spf",
      purpose: "SPF: who may use the domain as return path",
      name: domain,
      type: "TXT",
      value: planned.text,
    });
  }
  const planned = planDmarc(domain, dmarc, "dmarc");
  const policy: MailRecord = {
    key: "dmarc",
    purpose: "DMARC: what receivers do with mail that fails, where they report",
    name: `_dmarc.${domain}`,
    type: "TXT",
    value: planned.text,
  };
  faults.push(...planned.faults, ...conflicts([...authentication, policy], "records"));
  findings.push(...planned.findings);
  return { domain, authentication, dmarc: policy, enforcing: isEnforcing(dmarc), faults, findings };
}
