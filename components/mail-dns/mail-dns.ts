import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../faults";
import { refuse } from "../refuse";
import { claim } from "./claims";
import { describeDmarcChange } from "./dmarc/changes";
import type { DnsHost } from "./dns-host";
import type { Finding } from "./finding";
import { lookedUpFindings } from "./look-ups";
import { type MailDnsSettings, type MailPlan, planMailDns, recordsOf } from "./plan";
import { type MailRecord, slotOf } from "./record";
import type { DnsResolver } from "./resolver";
import { describeSpfChange } from "./spf/changes";
import { type PlacedRecord, ZoneGuard } from "./zone-guard";
import { recordTable, zoneText } from "./zone-text";

/** Where a domain's records are published, and what is there already. */
export interface DnsPublication {
  /** Where the domain's records are published, such as `cloudflare({ zoneId })`. */
  dns: DnsHost;
  /**
   * Records that exist already: by a record's key, such as `spf` or `dmarc`, the id that the host's provider imports.
   * Such a record is taken over as it is; without the setting, the next update changes it to what is declared here.
   */
  adopt?: { [key: string]: string };
  /**
   * By the domains of report addresses, where their DNS is: the record with which they agree to get the reports is
   * published there (RFC 9990 section 4).
   */
  reportHosts?: { [domain: string]: DnsHost };
  /**
   * Who looks up, in the preview too, what an SPF or DMARC record leads to before it is made or changed: the lookups
   * that SPF spends, alignment by tree walk, the consent of report addresses. A record that receivers could not
   * evaluate is refused then. Such as `dnsResolver()`; left out, nothing is looked up.
   */
  resolver?: DnsResolver;
}

export interface MailDnsArgs
  extends DnsPublication,
    Omit<MailDnsSettings<pulumi.Input<string>>, "reportDomains"> {
  /**
   * Called once with the published records of `records` and `spf`; returns what proves them. An enforcing DMARC
   * policy is published only after that resource, so that no receiver refuses mail which is not signed yet.
   */
  validate?: (published: pulumi.Resource[]) => pulumi.Resource;
}

/** A record as an output shows it. */
export interface PublishedRecord {
  name: string;
  type: string;
  value: string;
  priority?: number;
  purpose: string;
}

/** The DNS records with which a domain's mail authenticates: SPF, DKIM, DMARC and the return path. */
export class MailDns extends pulumi.ComponentResource {
  /** The domain in A-labels. */
  readonly domain: string;
  /** Every record, for a report or for another DNS tool. */
  readonly records: pulumi.Output<PublishedRecord[]>;
  /** The records as lines of a zone file (RFC 1035 section 5.1). */
  readonly zoneText: pulumi.Output<string>;
  /** The records as a table, for a person who publishes them. */
  readonly table: pulumi.Output<string>;
  /** What `validate` returned. */
  readonly validation: pulumi.Resource | undefined;

  constructor(name: string, args: MailDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { adopt = {}, reportHosts = {} } = args;
    const plan = planMailDns({ ...args, reportDomains: Object.keys(reportHosts) });
    const placed = place(name, plan, args);
    const subject = `MailDns "${name}"`;
    const guard: ZoneGuard = new ZoneGuard(
      subject,
      placed,
      () => ({ parent: this }),
      async (record, before) => {
        const { faults, findings } = await changeOf(record, before, plan, args.resolver);
        this.#tell(findings);
        return faults;
      },
    );
    const { componentHooks: hooks } = guard;
    super("smarthost:index:MailDns", name, {}, pulumi.mergeOptions(opts, { hooks }));
    refuse(subject, [...plan.faults, ...adoptionFaults(adopt, placed), ...claimAll(placed, { name })]);
    this.#tell(plan.findings);
    this.domain = plan.domain;

    const publish = (one: PlacedRecord, dependsOn: pulumi.Resource[]) =>
      one.host.createRecord(one.name, one.record, {
        parent: this,
        dependsOn,
        import: one.importId,
        hooks: guard.recordHooks,
      });
    const policy = placed.find(({ record }) => record === plan.policy);
    const published = placed.filter((one) => one !== policy).map((one) => publish(one, []));
    this.validation = args.validate?.(published);
    if (policy) {
      publish(policy, plan.enforcing && this.validation ? [this.validation] : []);
    }

    const all = placed.map(({ record }) => record);
    this.records = pulumi.all(all.map(asPublished));
    this.zoneText = this.records.apply(zoneText);
    this.table = this.records.apply(recordTable);
    this.registerOutputs({ domain: this.domain, records: this.records });
  }

  /** Shows findings beside the component in the preview. */
  #tell(findings: readonly Finding[]): void {
    // Pulumi's log waits for the component that it is given, and holds back everything that is logged later: it gets
    // one that is registered, because after a failure this never happens.
    this.urn.apply(() => {
      for (const { severity, path, message, next } of findings) {
        pulumi.log[severity === "info" ? "info" : "warn"](`${path}: ${message}. ${next}`, this);
      }
    });
  }
}

function asPublished(record: MailRecord<pulumi.Input<string>>): pulumi.Output<PublishedRecord> {
  const { name, type, value, priority, purpose } = record;
  return pulumi
    .all([name, value])
    .apply(([host, text]) => ({ name: host, type, value: text, priority, purpose }));
}

/** Each record with its host and the id that it is adopted by. */
function place(
  name: string,
  plan: MailPlan<pulumi.Input<string>>,
  { dns, adopt = {}, reportHosts = {} }: DnsPublication,
): PlacedRecord[] {
  const hosts = new Map<object, DnsHost | undefined>(
    plan.reports.map(({ record, destination }) => [record, reportHosts[destination]]),
  );
  return recordsOf(plan).map((record) => ({
    name: `${name}-${record.key}`,
    record,
    host: hosts.get(record) ?? dns,
    importId: adopt[record.key],
  }));
}

/** What a change means for receivers, and what DNS says about it where somebody is asked. */
async function changeOf(
  record: PlacedRecord["record"],
  before: string | undefined,
  plan: MailPlan<pulumi.Input<string>>,
  resolver: DnsResolver | undefined,
): Promise<{ faults: Fault[]; findings: Finding[] }> {
  const { key, value } = record;
  const describe = key === "dmarc" ? describeDmarcChange : key === "spf" ? describeSpfChange : undefined;
  const all = [
    ...(describe && before !== undefined && typeof value === "string" ? describe(before, value) : []),
    ...(resolver ? await lookedUpFindings(record, plan, resolver) : []),
  ];
  const errors = all.filter(({ severity }) => severity === "error");
  return {
    faults: errors.map(({ path, message, next }) => ({ path, reason: message, next })),
    findings: all.filter((finding) => !errors.includes(finding)),
  };
}

/** Keys that no record has: a typing error, or the record is not made any more. */
function adoptionFaults(adopt: { [key: string]: string }, placed: readonly PlacedRecord[]): Fault[] {
  const keys = placed.map(({ record }) => record.key);
  return Object.keys(adopt)
    .filter((key) => !keys.includes(key))
    .map((key) => ({
      path: `adopt.${key}`,
      value: adopt[key],
      reason: "is for a record that is not made here",
      next: `Use one of ${keys.join(", ")}, or remove it.`,
    }));
}

function claimAll(placed: readonly PlacedRecord[], owner: { name: string }): Fault[] {
  return placed.flatMap(({ record, host }) => {
    const slot = slotOf(record);
    return slot ? claim([slot], host.name, owner) : [];
  });
}
