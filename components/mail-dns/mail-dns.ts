import * as pulumi from "@pulumi/pulumi";
import { refuse } from "../refuse";
import type { DnsHost } from "./dns-host";
import { type MailDnsSettings, planMailDns } from "./plan";
import type { MailRecord } from "./record";

export interface MailDnsArgs extends MailDnsSettings<pulumi.Input<string>> {
  /** Where the records are published. */
  host: DnsHost;
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
  /** Every record, for a table or for another DNS tool. */
  readonly records: pulumi.Output<PublishedRecord[]>;
  /** What `validate` returned. */
  readonly validation: pulumi.Resource | undefined;

  constructor(name: string, args: MailDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:MailDns", name, {}, opts);
    const plan = planMailDns(args);
    refuse(`MailDns "${name}"`, plan.faults);
    for (const { severity, path, message, next } of plan.findings) {
      pulumi.log[severity === "info" ? "info" : "warn"](`${path}: ${message}. ${next}`, this);
    }
    this.domain = plan.domain;

    const publish = (record: MailRecord<pulumi.Input<string>>, dependsOn: pulumi.Resource[]) =>
      args.host.createRecord(`${name}-${record.key}`, record, { parent: this, dependsOn });
    const published = plan.authentication.map((record) => publish(record, []));
    this.validation = args.validate?.(published);
    publish(plan.dmarc, plan.enforcing && this.validation ? [this.validation] : []);

    const all = [...plan.authentication, plan.dmarc];
    this.records = pulumi.all(
      all.map(({ name: recordName, type, value, priority, purpose }) =>
        pulumi.output(value).apply((text) => ({ name: recordName, type, value: text, priority, purpose })),
      ),
    );
    this.registerOutputs({ domain: this.domain, records: this.records });
  }
}
