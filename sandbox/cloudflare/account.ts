import { createHash } from "node:crypto";
import { type RecordType, textOf } from "./content";

/** Where the records are served from: the sandbox's DNS server, or anything that keeps records. */
export interface DnsStore {
  add(record: ServedRecord): unknown;
  remove(record: ServedRecord): unknown;
}

/** A record as a name server has it: TXT as one unquoted text. */
export interface ServedRecord {
  name: string;
  type: RecordType;
  value: string;
  priority?: number;
  ttl?: number;
}

export interface CloudflareZone {
  /** 32 hexadecimal digits. */
  id: string;
  name: string;
}

/** What a program says of a record; content as Cloudflare writes it, TXT in quotes. */
export interface RecordInput {
  name: string;
  type: RecordType;
  content: string;
  /** Seconds; 1 is automatic, which is served as 300. */
  ttl: number;
  priority: number | undefined;
  proxied: boolean;
  comment: string | undefined;
}

export interface CloudflareRecord extends RecordInput {
  id: string;
  zoneId: string;
  /** ISO 8601. */
  createdOn: string;
  modifiedOn: string;
}

/** A refusal of Cloudflare's API, by its code (https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting). */
export class CloudflareRefusal extends Error {
  override readonly name = "CloudflareRefusal";

  constructor(
    readonly code: number,
    reason: string,
  ) {
    super(`${reason} (Cloudflare error ${code})`);
  }
}

/** What a proxied name answers instead of its content, here an address for documentation (RFC 5737). */
const proxyAddress = "192.0.2.80";

const automaticTtl = 300;

/**
 * A substitute for a Cloudflare account with zones and their records, which it serves by a DNS store. It refuses
 * duplicates and contradictions by Cloudflare's codes. It does not show propagation, quotas or the proxy itself.
 */
export class CloudflareAccount {
  readonly id = createHash("md5").update("account").digest("hex");
  readonly zones: readonly CloudflareZone[];
  readonly #records = new Map<string, CloudflareRecord>();
  #made = 0;

  constructor(
    zones: readonly CloudflareZone[],
    private readonly dns: DnsStore,
  ) {
    this.zones = zones;
  }

  /** The records of a zone, in the order in which they were made. */
  records(zoneId: string): CloudflareRecord[] {
    return [...this.#records.values()].filter((record) => record.zoneId === zoneId);
  }

  /** The record with this id in this zone; undefined when there is none. */
  record(zoneId: string, id: string): CloudflareRecord | undefined {
    const record = this.#records.get(id);
    return record?.zoneId === zoneId ? record : undefined;
  }

  /** @throws CloudflareRefusal when it contradicts a record that is there. */
  create(zoneId: string, input: RecordInput): CloudflareRecord {
    this.#check(zoneId, input);
    this.#made += 1;
    const now = new Date().toISOString();
    const id = createHash("md5").update(`${zoneId} record ${this.#made}`).digest("hex");
    const record = { ...input, id, zoneId, createdOn: now, modifiedOn: now };
    this.dns.add(served(record));
    this.#records.set(id, record);
    return record;
  }

  /** Changes a record, also from outside a stack, as a person in the dashboard does. */
  change(zoneId: string, id: string, change: Partial<RecordInput>): CloudflareRecord {
    const before = this.#existing(zoneId, id);
    const after = { ...before, ...change, modifiedOn: new Date().toISOString() };
    this.#check(zoneId, after, id);
    this.dns.remove(served(before));
    this.dns.add(served(after));
    this.#records.set(id, after);
    return after;
  }

  delete(zoneId: string, id: string): void {
    const record = this.record(zoneId, id);
    if (record === undefined) return;
    this.dns.remove(served(record));
    this.#records.delete(id);
  }

  /** @throws CloudflareRefusal when there is no such zone. */
  zone(id: string): CloudflareZone {
    const zone = this.zones.find((candidate) => candidate.id === id);
    if (zone === undefined) throw new CloudflareRefusal(7003, `Could not route to zone ${id}`);
    return zone;
  }

  #existing(zoneId: string, id: string): CloudflareRecord {
    const record = this.record(zoneId, id);
    if (record === undefined) throw new CloudflareRefusal(81044, `Record ${id} does not exist.`);
    return record;
  }

  #check(zoneId: string, input: RecordInput, except?: string): void {
    const zone = this.zone(zoneId);
    const { name, type } = input;
    if (name !== zone.name && !name.endsWith(`.${zone.name}`)) {
      throw new CloudflareRefusal(
        9000,
        `${name} is not in the zone ${zone.name}; stricter than Cloudflare, which appends it`,
      );
    }
    const beside = this.records(zoneId).filter((record) => record.name === name && record.id !== except);
    if (beside.some((record) => isIdentical(record, input))) {
      throw new CloudflareRefusal(81058, `An identical record already exists: ${type} ${name}.`);
    }
    if (beside.some((record) => record.type === "CNAME")) {
      throw new CloudflareRefusal(81054, `A CNAME record with that host already exists: ${name}.`);
    }
    if (type === "CNAME" && beside.length > 0) {
      const types = [...new Set(beside.map((record) => record.type))].join(", ");
      throw new CloudflareRefusal(81053, `${name} has records already (${types}), and a CNAME stands alone.`);
    }
  }
}

function isIdentical(a: RecordInput, b: RecordInput): boolean {
  return a.type === b.type && a.content === b.content && a.priority === b.priority;
}

function served({ name, type, content, priority, ttl, proxied }: RecordInput): ServedRecord {
  const seconds = ttl === 1 ? automaticTtl : ttl;
  if (proxied) return { name, type: "A", value: proxyAddress, ttl: seconds };
  const value = type === "TXT" ? (textOf(content) ?? content) : content;
  return { name, type, value, ...(priority !== undefined && { priority }), ttl: seconds };
}
