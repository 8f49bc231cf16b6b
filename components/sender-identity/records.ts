import type { Fault } from "../faults";
import { type DmarcSettings, isEnforcing } from "../mail-dns/dmarc/settings";
import { parseDomainName } from "../mail-dns/domain-name";
import { parseMailAddress } from "../mail-dns/mail-address";
import { type MailDnsSettings, planMailDns } from "../mail-dns/plan";
import type { MailRecord, MailRecordType } from "../mail-dns/record";
import type { SpfSettings } from "../mail-dns/spf/settings";

/** What decides the names of an identity's records. */
export interface IdentitySettings {
  /** The domain of the From addresses. An internationalized name is converted to A-labels. */
  domain: string;
  /** Who sends. */
  sender: {
    /** The address that applications use as From; in `domain`. */
    address: string;
  };
  /** Label of the return path below the domain. Default `em`. */
  subdomain?: string;
  /** Three characters of a-z and 0-9. Default: SendGrid's s1 and s2, or m1 with manual security. */
  dkimSelector?: string;
  /**
   * `automatic`, the default: SendGrid keeps SPF and keys behind CNAME records, and rotates the keys. `manual`: the
   * values themselves are published, for zones that take no CNAME there; the domain gets an SPF record too.
   */
  security?: "automatic" | "manual";
  /** Branded links: click tracking under a name of the domain. Left out, links show SendGrid's. */
  links?: LinkSettings;
  /** SPF for the domain itself, where other services use it as return path. */
  spf?: SpfSettings;
  /** Default: policy `none` without reports; raise it in steps. `false` leaves the policy to somebody else. */
  dmarc?: DmarcSettings | false;
}

export interface LinkSettings {
  /** Label of the links below the domain, other than that of the return path. Default `links`. */
  subdomain?: string;
  /** Whether links in mail of other domains of the account are branded with it too. Default: as it is. */
  isDefault?: boolean;
}

/** Where a value comes from: a property of SendGrid's `DomainAuthentication` or of its `LinkBranding`. */
export type RecordSource =
  | "mailCname"
  | "dkim1"
  | "dkim2"
  | "mailServer"
  | "subdomainSpf"
  | "dkim"
  | "domainCname"
  | "ownerCname";

/** The values of an identity's records, which only SendGrid knows, and the name that carries its account number. */
export interface IdentityValues<V> {
  valueOf(source: RecordSource): V;
  /** The name of the owner's CNAME: the account's number below the domain. */
  ownerName(domain: string): V;
}

/** Placeholders, for checks that need names only. */
export const UNKNOWN_VALUES: IdentityValues<undefined> = {
  valueOf: () => undefined,
  ownerName: () => undefined,
};

/** What SendGrid asks for at the return path with manual security, as far as anybody knows before it is asked. */
const SENDGRID_SPF = "v=spf1 include:sendgrid.net ~all";
const DEFAULT_SUBDOMAIN = "em";
const DEFAULT_LINKS = "links";

/** The settings with their defaults and the domain in A-labels. */
export function withDefaults(settings: IdentitySettings) {
  const { name: domain } = parseDomainName(settings.domain, "domain");
  const { subdomain = DEFAULT_SUBDOMAIN, security = "automatic", links } = settings;
  return {
    domain,
    subdomain,
    security,
    returnPath: `${subdomain}.${domain}`,
    links: links && { ...links, subdomain: links.subdomain ?? DEFAULT_LINKS },
  };
}

/**
 * The records that SendGrid asks for. Their names follow from the settings; their values carry account numbers and
 * keys that only SendGrid knows.
 */
export function identityRecords<V>(settings: IdentitySettings, values: IdentityValues<V>): MailRecord<V>[] {
  const { domain, security, returnPath, links } = withDefaults(settings);
  const { dkimSelector: selector } = settings;
  const record = (
    key: string,
    type: MailRecordType,
    name: string | V,
    source: RecordSource,
    purpose: string,
  ): MailRecord<V> => ({ key, purpose, name, type, value: values.valueOf(source) });
  const keyName = (label: string) => `${label}._domainkey.${domain}`;
  const bounces = "Return path for bounces";
  const authentication =
    security === "automatic"
      ? [
          record(
            "return-path",
            "CNAME",
            returnPath,
            "mailCname",
            `${bounces}; SendGrid publishes its SPF there`,
          ),
          record("dkim1", "CNAME", keyName(selector ?? "s1"), "dkim1", "DKIM: SendGrid's first signing key"),
          record(
            "dkim2",
            "CNAME",
            keyName(selector ? `${selector}2` : "s2"),
            "dkim2",
            "DKIM: SendGrid's second signing key, for rotation",
          ),
        ]
      : [
          {
            ...record("return-path-mx", "MX", returnPath, "mailServer", `${bounces}: SendGrid takes them`),
            // SendGrid names no preference, and a single exchanger needs none.
            priority: 10,
          },
          record(
            "return-path-spf",
            "TXT",
            returnPath,
            "subdomainSpf",
            "SPF of the return path: SendGrid may send",
          ),
          record("dkim", "TXT", keyName(selector ?? "m1"), "dkim", "DKIM: SendGrid's signing key"),
        ];
  return [
    ...authentication,
    ...(links
      ? [
          record(
            "links",
            "CNAME",
            `${links.subdomain}.${domain}`,
            "domainCname",
            "Branded links: click tracking",
          ),
          record(
            "links-owner",
            "CNAME",
            values.ownerName(domain),
            "ownerCname",
            "Branded links: proof of the SendGrid account",
          ),
        ]
      : []),
  ];
}

/** The settings of the identity's DNS. With manual security SendGrid asks that the domain's SPF includes the return path's. */
export function identityDns<V>(settings: IdentitySettings, values: IdentityValues<V>): MailDnsSettings<V> {
  const { domain, security, returnPath } = withDefaults(settings);
  const { dmarc } = settings;
  const records = identityRecords(settings, values);
  const sender = { returnPath, dkimDomain: domain };
  if (security === "automatic") {
    return { domain: settings.domain, records, spf: settings.spf, dmarc, sender };
  }
  const spf = { ...settings.spf, include: [returnPath, ...(settings.spf?.include ?? [])] };
  const foreseen = { [returnPath]: SENDGRID_SPF };
  return { domain: settings.domain, records, spf, dmarc, sender, foreseen };
}

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Records to adopt, by their keys. */
type Adoption = { [key: string]: string } | undefined;

/** Whether a record that SendGrid validates is adopted: it then is what it was, and not yet what SendGrid asks for. */
export function adoptsValidated(settings: IdentitySettings, adopt: Adoption = {}): boolean {
  const { security } = withDefaults(settings);
  const keys = identityRecords(settings, UNKNOWN_VALUES).map(({ key }) => key);
  return [...keys, ...(security === "manual" ? ["spf"] : [])].some((key) => adopt[key] !== undefined);
}

function adoptionFaults(settings: IdentitySettings, adopt: Adoption): Fault[] {
  const { dmarc = {} } = settings;
  if (!adoptsValidated(settings, adopt) || dmarc === false || adopt?.dmarc || !isEnforcing(dmarc)) {
    return [];
  }
  return [
    {
      path: "dmarc.policy",
      value: dmarc.policy,
      reason: "cannot be published while records that SendGrid validates are adopted as they are",
      next: "Adopt them with policy none first, then remove adopt, then raise the policy.",
    },
  ];
}

/** All faults of an identity and its DNS records, as property paths of `SenderIdentityArgs`. */
export function identityFaults(settings: IdentitySettings, adopt?: Adoption): Fault[] {
  const { faults, domain } = planMailDns(identityDns(settings, UNKNOWN_VALUES));
  const domainIsGood = !faults.some(({ path }) => path === "domain");
  const { subdomain, links } = withDefaults(settings);
  faults.push(...labelFaults(subdomain, "subdomain", domainIsGood ? domain : undefined));
  if (links) {
    faults.push(...labelFaults(links.subdomain, "links.subdomain", domainIsGood ? domain : undefined));
  }
  return [
    ...faults,
    ...selectorFaults(settings.dkimSelector),
    ...senderFaults(settings, domain, domainIsGood),
    ...adoptionFaults(settings, adopt),
  ];
}

function labelFaults(labels: string, path: string, domain: string | undefined): Fault[] {
  if (!labels.split(".").every((label) => LABEL.test(label) && label.length <= 63)) {
    const reason = "is not a label that a host name can have";
    const next = "Use a-z, 0-9 and hyphens, at most 63 characters, such as em.";
    return [{ path, value: labels, reason, next }];
  }
  return domain === undefined ? [] : parseDomainName(`${labels}.${domain}`, path).faults;
}

function selectorFaults(selector: string | undefined): Fault[] {
  if (selector === undefined || /^[a-z0-9]{3}$/.test(selector)) {
    return [];
  }
  const reason = "is not exactly three characters of a-z and 0-9, as SendGrid asks";
  const next = "Use a selector such as mta, or leave it out.";
  return [{ path: "dkimSelector", value: selector, reason, next }];
}

function senderFaults({ sender }: IdentitySettings, domain: string, domainIsGood: boolean): Fault[] {
  const parsed = parseMailAddress(sender.address, "sender.address");
  if (!domainIsGood || parsed.faults.length > 0 || parsed.domain === domain) {
    return parsed.faults;
  }
  return [
    {
      path: "sender.address",
      value: sender.address,
      reason: `is not an address of ${domain}, and SendGrid refuses senders outside the authenticated domain`,
      next: `Use an address that ends in @${domain}, or authenticate ${parsed.domain}.`,
    },
  ];
}
