import * as pulumi from "@pulumi/pulumi";
import {
  ApiKey,
  DomainAuthentication,
  DomainValidation,
  getAccountOutput,
  LinkBranding,
  LinkValidation,
} from "@pulumi/sendgrid";
import type { Fault } from "../faults";
import { type DnsPublication, MailDns, type PublishedRecord } from "../mail-dns/mail-dns";
import { refuse } from "../refuse";
import { type KeyRotation, keyLife, keyRotationFaults } from "./key-rotation";
import {
  adoptsValidated,
  type IdentitySettings,
  type IdentityValues,
  identityDns,
  identityFaults,
  type RecordSource,
  withDefaults,
} from "./records";

export interface SenderIdentityArgs extends IdentitySettings, DnsPublication {
  /**
   * Where the account's data lives. Default `global`. `eu` takes a regional subuser: give a SendGrid provider with
   * `onBehalfOf` and `region`.
   */
  region?: "global" | "eu";
  /**
   * Whether an authenticated domain and branded links that the account has under these names already are taken over.
   * Default false: they are refused.
   */
  adoptExisting?: boolean;
  /**
   * An API key to send with, in place of one that is made for this identity. A key sends for every domain of its
   * account, and an account has at most 100.
   */
  apiKey?: pulumi.Input<string>;
  /** When the key that is made for this identity is replaced by a new one. Default: never. */
  keyRotation?: KeyRotation;
  /** Seconds to wait until SendGrid sees the records. Default 600. */
  validationTimeout?: number;
}

/**
 * A sender identity at SendGrid: the authenticated domain, its DNS records, the proof that SendGrid sees them,
 * and an API key that can do nothing but send. It belongs to the account or subuser of the SendGrid provider.
 */
export class SenderIdentity extends pulumi.ComponentResource {
  /** The domain in A-labels. */
  readonly domain: string;
  /** The SMTP password: an API key with the scope `mail.send` alone, or the one that was given. Secret. */
  readonly apiKey: pulumi.Output<string>;
  /** The records and how they are published. */
  readonly dns: MailDns;
  /** Every DNS record of the identity. */
  readonly records: pulumi.Output<PublishedRecord[]>;

  constructor(name: string, args: SenderIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:SenderIdentity", name, {}, opts);
    refuse(`SenderIdentity "${name}"`, [
      ...identityFaults(args, args.adopt),
      ...keyRotationFaults(args.keyRotation),
      ...givenKeyFaults(args),
    ]);
    const parent = { parent: this };
    const { subdomain, security, links } = withDefaults(args);
    const { dns, adopt, reportHosts, resolver, region = "global", validationTimeout: timeoutSeconds } = args;

    const authentication = new DomainAuthentication(
      `${name}-domain`,
      {
        domain: args.domain,
        subdomain,
        automaticSecurity: security === "automatic",
        customDkimSelector: args.dkimSelector,
        region,
        adopt: args.adoptExisting,
      },
      parent,
    );
    const account = links && getAccountOutput(parent);
    const branding =
      links &&
      new LinkBranding(
        `${name}-links`,
        {
          domain: args.domain,
          subdomain: links.subdomain,
          isDefault: links.isDefault,
          region,
          accountUserId: account?.userId,
          adopt: args.adoptExisting,
        },
        parent,
      );
    const answers: Record<RecordSource, Answer | undefined> = {
      mailCname: authentication.mailCname,
      dkim1: authentication.dkim1,
      dkim2: authentication.dkim2,
      mailServer: authentication.mailServer,
      subdomainSpf: authentication.subdomainSpf,
      dkim: authentication.dkim,
      domainCname: branding?.domainCname,
      ownerCname: branding?.ownerCname,
    };
    const values: IdentityValues<pulumi.Input<string>> = {
      valueOf: (source) => dataOf(source, answers[source], this),
      ownerName: (domain) => pulumi.interpolate`${account?.userId}.${domain}`,
    };
    this.dns = new MailDns(
      name,
      {
        ...identityDns(args, values),
        dns,
        adopt,
        reportHosts,
        resolver,
        // Adopted records say what they said before, until the next update: there is nothing to validate yet.
        validate: adoptsValidated(args, adopt)
          ? undefined
          : (published) => {
              const afterRecords = { parent: this, dependsOn: published };
              if (branding) {
                const linkId = branding.id;
                new LinkValidation(`${name}-links-validation`, { linkId, timeoutSeconds }, afterRecords);
              }
              const { id: domainId } = authentication;
              return new DomainValidation(`${name}-validation`, { domainId, timeoutSeconds }, afterRecords);
            },
      },
      parent,
    );
    const keyName = `${this.dns.domain} relay (${name})`;
    const apiKey =
      args.apiKey ??
      new ApiKey(
        `${name}-key`,
        { name: keyName, scopes: ["mail.send"], ...keyLife(args.keyRotation) },
        parent,
      ).apiKey;

    this.domain = this.dns.domain;
    this.records = this.dns.records;
    this.apiKey = pulumi.secret(apiKey);
    this.registerOutputs({ domain: this.domain, records: this.records, apiKey: this.apiKey });
  }
}

/** Whoever gives a key rotates it. */
function givenKeyFaults({ apiKey, keyRotation }: SenderIdentityArgs): Fault[] {
  const reason = "is for a key that the identity makes, and apiKey gives one";
  const next = "Leave it out, and rotate the key where it is made.";
  return apiKey === undefined || keyRotation === undefined ? [] : [{ path: "keyRotation", reason, next }];
}

type Answer = pulumi.Output<{ data: string } | undefined>;

/** What SendGrid's answer says of a record; an error where it lacks the record. */
function dataOf(
  source: RecordSource,
  answer: Answer | undefined,
  identity: pulumi.Resource,
): pulumi.Output<string> {
  return pulumi.output(answer).apply((found) => {
    if (found === undefined) {
      throw new pulumi.ResourceError(`SendGrid's answer lacks the record ${source}`, identity);
    }
    return found.data;
  });
}
