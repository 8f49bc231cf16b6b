import { azureRecord } from "./dns/azure";
import { cloudflareRecord } from "./dns/cloudflare";
import { digitalOceanRecord } from "./dns/digital-ocean";
import { googleRecord } from "./dns/google";
import type { HostReader, SpelledRecordSet } from "./dns/host-reader";
import { manualRecord } from "./dns/manual";
import { route53Record } from "./dns/route53";
import type { Resource } from "./resource";
import { UNKNOWN, type Value } from "./value";
import type { ZoneNames } from "./zone-names";

/** One record set of any DNS provider's resource, spelled alike. */
export interface DnsRecordSet {
  resource: Resource;
  /** What a person calls the DNS host: "Cloudflare", "Route 53", "by hand". */
  host: string;
  /** The zone's id or name, as the resource has it. */
  zone: Value;
  /**
   * Lower case, no final dot, in full. Where a host takes relative names and the zone's name is not known from the
   * other resources, it is as it was given.
   */
  name: string | typeof UNKNOWN;
  /** Upper case, such as `TXT`; empty where it is not known. */
  type: string;
  /** TXT: joined strings, no quotes. Targets: no final dot. A null MX is `.`. */
  values: Value[];
  /** Seconds; 1 is Cloudflare's automatic value. */
  ttl?: Value;
  /** The preference of an MX record; a list in the order of the values where there are several. */
  priority?: Value;
  /** Whether the host answers with addresses of its own in place of what the record says. */
  proxied?: Value;
}

const READERS: readonly HostReader[] = [
  cloudflareRecord,
  route53Record,
  googleRecord,
  azureRecord,
  digitalOceanRecord,
  manualRecord,
];
const TARGETS: ReadonlySet<string> = new Set(["CNAME", "MX", "NS", "PTR", "ALIAS", "ANAME"]);

/**
 * The record set that a resource declares, or undefined for a resource of another kind. Never throws.
 *
 * @param zones names of zones by their ids, from {@link zoneNames}
 */
export function dnsRecordSet(resource: Resource, zones?: ZoneNames): DnsRecordSet | undefined {
  for (const read of READERS) {
    const spelled = read(resource);
    if (spelled) {
      return alike(resource, spelled, zones);
    }
  }
  return undefined;
}

function alike(resource: Resource, spelled: SpelledRecordSet, zones: ZoneNames | undefined): DnsRecordSet {
  const { host, zone, ttl, priority, proxied } = spelled;
  const type = typeof spelled.type === "string" ? spelled.type.toUpperCase() : "";
  const values = TARGETS.has(type) ? spelled.values.map(plainTarget) : spelled.values;
  return { resource, host, zone, name: nameOf(spelled, zones), type, values, ttl, priority, proxied };
}

function plainTarget(value: Value): Value {
  // A null MX (RFC 7505) is the root itself.
  return typeof value === "string" && value !== "." ? plainName(value) : value;
}

function nameOf(
  { name, fullName, zone, zoneName }: SpelledRecordSet,
  zones: ZoneNames | undefined,
): string | typeof UNKNOWN {
  if (typeof fullName === "string" && fullName !== "") {
    return plainName(fullName);
  }
  if (typeof name !== "string") {
    return name === undefined && typeof zoneName === "string" ? plainName(zoneName) : UNKNOWN;
  }
  const isInFull = name.endsWith(".");
  const plain = plainName(name);
  const within = typeof zoneName === "string" ? plainName(zoneName) : zones?.get(String(zone));
  if (within === undefined) {
    return plain;
  }
  if (plain === "" || plain === "@") {
    return within;
  }
  return isInFull || plain === within || plain.endsWith(`.${within}`) ? plain : `${plain}.${within}`;
}

/** Route 53 writes an asterisk as `\052`. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "").replace("\\052", "*");
}
