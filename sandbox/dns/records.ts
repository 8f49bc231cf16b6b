import { isIPv4, isIPv6 } from "node:net";

/** The record types a zone of the sandbox can hold. SOA and the apex NS are made by the zone itself. */
export const RECORD_TYPES = ["A", "AAAA", "CNAME", "MX", "TXT", "NS"] as const;

/** A record type that can be added to a zone. */
export type RecordType = (typeof RECORD_TYPES)[number];

/** One DNS record, as a person would write it down. */
export interface DnsRecord {
  /** Owner name, an FQDN; a trailing dot and upper case are accepted and normalized away. */
  name: string;
  type: RecordType;
  /**
   * Address, target name, or for TXT the whole text of 0 to 65,000 octets, unquoted; the server splits it at 255
   * octets. For MX also `.`: the name takes no mail (null MX, RFC 7505).
   */
  value: string;
  /** MX preference, 0 to 65535, and 0 for a null MX; required for MX, refused elsewhere. */
  priority?: number;
  /** Seconds, 0 to 2147483647 (RFC 2181, section 8). Default 300. */
  ttl?: number;
}

/** A record refused by the zone, with every fault that was found in it. */
export class RecordError extends Error {
  override readonly name = "RecordError";

  constructor(
    readonly record: DnsRecord,
    readonly faults: string[],
  ) {
    super(`${record.type} record ${JSON.stringify(record.name)} refused: ${faults.join("; ")}`);
  }
}

/** The target of a null MX: the root, which is no host (RFC 7505, section 3). */
export const NULL_MX = ".";

/** Lower case, without the trailing dot: the form in which every name of the sandbox's DNS is kept. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/**
 * What is wrong with a domain name, or undefined when nothing is.
 *
 * Labels of 1 to 63 octets, 253 characters in all (RFC 1035, section 2.3.4), printable ASCII without space.
 */
export function nameFault(name: string): string | undefined {
  const normalized = normalizeName(name);
  if (normalized === "") return "is empty";
  if (normalized.length > 253) return `has ${normalized.length} characters, the limit is 253`;
  if (!/^[!-~]+$/.test(normalized))
    return "has a character outside printable ASCII (write IDN names as xn--)";
  for (const label of normalized.split(".")) {
    if (label === "") return "has an empty label";
    if (label.length > 63) return `has a label of ${label.length} octets, the limit is 63`;
  }
  return undefined;
}

/**
 * The record in the form the zone keeps it: names lower-case without trailing dot, default TTL filled in.
 *
 * @throws RecordError that lists all faults.
 */
export function normalizeRecord(record: DnsRecord): Required<Omit<DnsRecord, "priority">> & DnsRecord {
  const faults = [fault("name", nameFault(record.name)), ...valueFaults(record), ...numberFaults(record)];
  const found = faults.filter((each) => each !== undefined);
  if (found.length > 0) throw new RecordError(record, found);

  const isTarget = record.type === "CNAME" || record.type === "MX" || record.type === "NS";
  return {
    name: normalizeName(record.name),
    type: record.type,
    value: isTarget && !isNullMx(record) ? normalizeName(record.value) : record.value,
    ttl: record.ttl ?? 300,
    ...(record.priority === undefined ? {} : { priority: record.priority }),
  };
}

/** Whether a record says that its name takes no mail (RFC 7505). */
function isNullMx({ type, value }: DnsRecord): boolean {
  return type === "MX" && value === NULL_MX;
}

function fault(property: string, reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : `${property} ${reason}`;
}

function valueFaults(record: DnsRecord): (string | undefined)[] {
  const { type, value } = record;
  switch (type) {
    case "A":
      return [isIPv4(value) ? undefined : `value ${JSON.stringify(value)} is no IPv4 address`];
    case "AAAA":
      return [isIPv6(value) ? undefined : `value ${JSON.stringify(value)} is no IPv6 address`];
    case "TXT":
      // 65535 octets of RDATA, of which every 255 octets of text cost one for their length.
      return [Buffer.byteLength(value) > 65_000 ? "value is over 65000 octets" : undefined];
    case "MX":
      return [isNullMx(record) ? undefined : fault("value", nameFault(value))];
    case "CNAME":
    case "NS":
      return [fault("value", nameFault(value))];
    default:
      return [`type ${JSON.stringify(type)} is not one of ${RECORD_TYPES.join(", ")}`];
  }
}

function numberFaults(record: DnsRecord): (string | undefined)[] {
  const { type, priority, ttl } = record;
  const faults: (string | undefined)[] = [];
  if (type === "MX" && priority === undefined) faults.push("priority is missing");
  if (type !== "MX" && priority !== undefined) faults.push("priority is for MX records only");
  if (priority !== undefined && !isWithin(priority, 0xffff))
    faults.push(`priority ${priority} is not 0 to 65535`);
  if (isNullMx(record) && priority !== undefined && priority !== 0)
    faults.push(`priority ${priority} is not the 0 of a null MX (RFC 7505, section 3)`);
  if (ttl !== undefined && !isWithin(ttl, 0x7fffffff)) faults.push(`ttl ${ttl} is not 0 to 2147483647`);
  return faults;
}

function isWithin(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= limit;
}
