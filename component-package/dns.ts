import type { Fault } from "../components/faults";
import { cloudflare } from "../components/mail-dns/cloudflare";
import type { DmarcSettings } from "../components/mail-dns/dmarc/settings";
import type { DnsHost } from "../components/mail-dns/dns-host";
import { dnsResolver } from "../components/mail-dns/dns-resolver";
import type { DnsPublication } from "../components/mail-dns/mail-dns";
import { manual } from "../components/mail-dns/manual";
import { route53 } from "../components/mail-dns/route53";
import type { DmarcArguments, DnsArguments } from "./arguments";
import { exactlyOne } from "./exactly-one";

/** What every component that publishes records takes. */
export interface PublicationArguments {
  dns: DnsArguments;
  adopt?: Record<string, string>;
  reportHosts?: Record<string, DnsArguments>;
  dnsResolver?: string;
}

/** The publication that the arguments describe; what is wrong with it is added to `faults`. */
export function publicationOf(args: PublicationArguments, faults: Fault[]): DnsPublication {
  const reportHosts = Object.entries(args.reportHosts ?? {}).map(
    ([domain, dns]) => [domain, dnsHostOf(dns, `reportHosts.${domain}`, faults)] as const,
  );
  return {
    dns: dnsHostOf(args.dns, "dns", faults),
    adopt: args.adopt,
    reportHosts: Object.fromEntries(reportHosts),
    resolver: resolverOf(args.dnsResolver, faults),
  };
}

function dnsHostOf(dns: DnsArguments, path: string, faults: Fault[]): DnsHost {
  const { manual: isManual, ...hosts } = dns;
  faults.push(...exactlyOne({ ...hosts, ...(isManual === true && { manual: true }) }, path, MEMBERS));
  if (dns.cloudflare !== undefined) return cloudflare(dns.cloudflare);
  return dns.route53 === undefined ? manual() : route53(dns.route53);
}

const MEMBERS = ["cloudflare", "route53", "manual"];

function resolverOf(by: string | undefined, faults: Fault[]) {
  if (by === undefined || by === "none") return undefined;
  try {
    return dnsResolver(by === "system" ? {} : { servers: [by] });
  } catch {
    const reason = "is no address of a DNS server";
    const next = "Give system, none, or an address such as 192.0.2.53:53.";
    faults.push({ path: "dnsResolver", value: by, reason, next });
    return undefined;
  }
}

/** The policy's settings; `false` where somebody else publishes it. */
export function dmarcOf(dmarc: DmarcArguments | undefined): DmarcSettings | false | undefined {
  if (dmarc === undefined) return undefined;
  const { publish = true, ...settings } = dmarc;
  return publish && settings;
}
