import * as pulumi from "@pulumi/pulumi";
import { ApiKey, DomainAuthentication, DomainValidation } from "@pulumi/sendgrid";
import type { DmarcSettings } from "../mail-dns/dmarc/settings";
import type { DnsHost } from "../mail-dns/dns-host";
import { MailDns, type PublishedRecord } from "../mail-dns/mail-dns";
import type { SpfSettings } from "../mail-dns/spf/settings";
import { refuse } from "../refuse";
import { type IdentityNames, identityFaults, identityRecords } from "./records";

export interface SenderIdentityArgs {
  /** The domain of the From addresses. An internationalized name is converted to A-labels. */
  domain: string;
  /** Where the domain's records are published. */
  dns: DnsHost;
  /** Who sends. */
  sender: {
    /** The address that applications use as From; in `domain`. */
    address: string;
  };
  /** Label of the return path below the domain. Default `em`. */
  subdomain?: string;
  /** Three characters of a-z and 0-9. Default: SendGrid's s1 and s2. */
  dkimSelector?: string;
  /** Where the account's data lives. Default `global`. */
  region?: "global" | "eu";
  /** SPF for the domain itself, where other services use it as return path. */
  spf?: SpfSettings;
  /** Default: policy `none` without reports; raise it in steps. */
  dmarc?: DmarcSettings;
  /** Seconds to wait until SendGrid sees the records. Default 600. */
  validationTimeout?: number;
}

/**
 * A sender identity at SendGrid: the authenticated domain, its DNS records, the proof that SendGrid sees them,
 * and an API key that can do nothing but send.
 */
export class SenderIdentity extends pulumi.ComponentResource {
  /** The domain in A-labels. */
  readonly domain: string;
  /** The SMTP password: an API key with the scope `mail.send` alone. Secret. */
  readonly apiKey: pulumi.Output<string>;
  /** Every DNS record of the identity. */
  readonly records: pulumi.Output<PublishedRecord[]>;

  constructor(name: string, args: SenderIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:SenderIdentity", name, {}, opts);
    const parent = { parent: this };
    const names: IdentityNames = {
      domain: args.domain,
      subdomain: args.subdomain ?? "em",
      dkimSelector: args.dkimSelector,
      senderAddress: args.sender.address,
    };
    refuse(`SenderIdentity "${name}"`, identityFaults(names, args.spf, args.dmarc));

    const authentication = new DomainAuthentication(
      `${name}-domain`,
      {
        domain: names.domain,
        subdomain: names.subdomain,
        customDkimSelector: names.dkimSelector,
        region: args.region ?? "global",
      },
      parent,
    );
    const target = (record: pulumi.Output<{ data: string } | undefined>) =>
      record.apply((found) => required(found?.data, authentication));
    const dns = new MailDns(
      name,
      {
        domain: names.domain,
        host: args.dns,
        records: identityRecords<pulumi.Input<string>>(names, {
          mailCname: target(authentication.mailCname),
          dkim1: target(authentication.dkim1),
          dkim2: target(authentication.dkim2),
        }),
        spf: args.spf,
        dmarc: args.dmarc,
        validate: (published) =>
          new DomainValidation(
            `${name}-validation`,
            { domainId: authentication.id, timeoutSeconds: args.validationTimeout },
            { parent: this, dependsOn: published },
          ),
      },
      parent,
    );
    const key = new ApiKey(
      `${name}-key`,
      { name: `${dns.domain} relay (${name})`, scopes: ["mail.send"] },
      parent,
    );

    this.domain = dns.domain;
    this.records = dns.records;
    this.apiKey = pulumi.secret(key.apiKey);
    this.registerOutputs({ domain: this.domain, records: this.records, apiKey: this.apiKey });
  }
}

/** SendGrid's answer holds the record that automatic security always has. */
function required(data: string | undefined, authentication: pulumi.Resource): string {
  if (data === undefined) {
    throw new pulumi.ResourceError("SendGrid's answer lacks a record of automatic security", authentication);
  }
  return data;
}
