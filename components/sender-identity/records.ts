import type { Fault } from "../faults";
import type { DmarcSettings } from "../mail-dns/dmarc/settings";
import { parseDomainName } from "../mail-dns/domain-name";
import { parseMailAddress } from "../mail-dns/mail-address";
import { planMailDns } from "../mail-dns/plan";
import type { MailRecord } from "../mail-dns/record";
import type { SpfSettings } from "../mail-dns/spf/settings";

/** What decides the names of an identity's records. */
export interface IdentityNames {
  /** The domain of the From addresses. */
  domain: string;
  /** Label of the return path below the domain. */
  subdomain: string;
  /** Three characters; SendGrid's own selectors are s1 and s2. */
  dkimSelector?: string;
  /** The address that applications send from; must be in the domain. */
  senderAddress: string;
}

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** All faults of an identity and its DNS records, as property paths of `SenderIdentityArgs`. */
export function identityFaults(names: IdentityNames, spf?: SpfSettings, dmarc?: DmarcSettings): Fault[] {
  const unknown = { mailCname: "", dkim1: "", dkim2: "" };
  const { domain, faults } = planMailDns({
    domain: names.domain,
    records: identityRecords(names, unknown),
    spf,
    dmarc,
  });
  const domainIsGood = !faults.some(({ path }) => path === "domain");
  const { subdomain, dkimSelector } = names;
  if (!subdomain.split(".").every((label) => LABEL.test(label) && label.length <= 63)) {
    faults.push({
      path: "subdomain",
      value: subdomain,
      reason: "is not a label that a host name can have",
      next: "Use a-z, 0-9 and hyphens, at most 63 characters, such as em.",
    });
  } else if (domainIsGood) {
    faults.push(...parseDomainName(`${subdomain}.${domain}`, "subdomain").faults);
  }
  if (dkimSelector !== undefined && !/^[a-z0-9]{3}$/.test(dkimSelector)) {
    faults.push({
      path: "dkimSelector",
      value: dkimSelector,
      reason: "is not exactly three characters of a-z and 0-9, as SendGrid asks",
      next: "Use a selector such as mta, or leave it out.",
    });
  }
  const sender = parseMailAddress(names.senderAddress, "sender.address");
  faults.push(...sender.faults);
  if (domainIsGood && sender.faults.length === 0 && sender.domain !== domain) {
    faults.push({
      path: "sender.address",
      value: names.senderAddress,
      reason: `is not an address of ${domain}, and SendGrid refuses senders outside the authenticated domain`,
      next: `Use an address that ends in @${domain}, or authenticate ${sender.domain}.`,
    });
  }
  return faults;
}

/** The key, the purpose and SendGrid's property of each record that automatic security asks for. */
const AUTOMATIC_SECURITY = [
  {
    key: "return-path",
    property: "mailCname",
    purpose: "Return path for bounces; SendGrid publishes its SPF there",
  },
  { key: "dkim1", property: "dkim1", purpose: "DKIM: SendGrid's first signing key" },
  { key: "dkim2", property: "dkim2", purpose: "DKIM: SendGrid's second signing key, for rotation" },
] as const;

export type AutomaticSecurityProperty = (typeof AUTOMATIC_SECURITY)[number]["property"];

/**
 * The three CNAME records of SendGrid's automatic security. Their names follow from the settings; their targets
 * carry account numbers that only SendGrid knows (`targets`).
 */
export function identityRecords<V>(
  names: IdentityNames,
  targets: Record<AutomaticSecurityProperty, V>,
): MailRecord<V>[] {
  const { name: domain } = parseDomainName(names.domain, "domain");
  const hosts: Record<AutomaticSecurityProperty, string> = {
    mailCname: `${names.subdomain}.${domain}`,
    dkim1: `${names.dkimSelector ?? "s1"}._domainkey.${domain}`,
    dkim2: `${names.dkimSelector ? `${names.dkimSelector}2` : "s2"}._domainkey.${domain}`,
  };
  return AUTOMATIC_SECURITY.map(({ key, property, purpose }) => ({
    key,
    purpose,
    name: hosts[property],
    type: "CNAME",
    value: targets[property],
  }));
}
