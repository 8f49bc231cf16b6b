import { parseDomainName } from "../mail-dns/domain-name";
import type { MailDnsSettings } from "../mail-dns/plan";

/** What decides the records of a domain that sends no mail. */
export interface ParkedDomainSettings {
  /** The domain. An internationalized name is converted to A-labels. */
  domain: string;
  /** Mail address or addresses for the daily reports of who misuses the domain. Default: no reports. */
  reportsTo?: string | string[];
  /**
   * Whether the domain takes mail: then no null MX is published, and the domain's own exchangers stay. Default
   * false.
   */
  receives?: boolean;
}

/**
 * The records by which receivers refuse all mail of a domain: SPF that names nobody, DKIM keys that are all revoked
 * (an empty p, RFC 6376 section 3.6.1), DMARC reject for the domain and all names below it; and a null MX, so that
 * nobody tries to answer (RFC 7505).
 */
export function parkedDns({
  domain,
  reportsTo,
  receives = false,
}: ParkedDomainSettings): MailDnsSettings<string> {
  const { name } = parseDomainName(domain, "domain");
  return {
    domain,
    records: [
      ...(receives
        ? []
        : [
            {
              key: "null-mx",
              purpose: "Null MX: the domain takes no mail",
              name,
              type: "MX" as const,
              value: ".",
              priority: 0,
            },
          ]),
      {
        key: "no-dkim",
        purpose: "DKIM: every key is revoked, as the domain sends no mail",
        name: `*._domainkey.${name}`,
        type: "TXT",
        value: "v=DKIM1; p=",
      },
    ],
    spf: { all: "fail" },
    dmarc: { policy: "reject", dkimAlignment: "strict", spfAlignment: "strict", reportsTo },
  };
}
