import * as pulumi from "@pulumi/pulumi";
import { type DnsPublication, MailDns, type PublishedRecord } from "../mail-dns/mail-dns";
import { type ParkedDomainSettings, parkedDns } from "./records";

export interface ParkedDomainArgs extends ParkedDomainSettings, DnsPublication {}

/** A domain that sends no mail, and says so: whoever forges it is refused. */
export class ParkedDomain extends pulumi.ComponentResource {
  /** The domain in A-labels. */
  readonly domain: string;
  /** Every record. */
  readonly records: pulumi.Output<PublishedRecord[]>;

  constructor(name: string, args: ParkedDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:ParkedDomain", name, {}, opts);
    const { dns: host, adopt, reportHosts, resolver } = args;
    const settings = { ...parkedDns(args), dns: host, adopt, reportHosts, resolver };
    const dns = new MailDns(name, settings, { parent: this });
    this.domain = dns.domain;
    this.records = dns.records;
    this.registerOutputs({ domain: this.domain, records: this.records });
  }
}
