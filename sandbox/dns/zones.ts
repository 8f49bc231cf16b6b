import { type DnsRecord, nameFault, normalizeName, normalizeRecord, RecordError } from "./records";

/** A record as the zone keeps it: names normalized, TTL filled in. */
export type StoredRecord = ReturnType<typeof normalizeRecord>;

/**
 * One DNS zone in memory. A change takes effect with the next question and raises the serial number.
 *
 * Refuses what an authority refuses: a name outside the zone, the same record twice, a CNAME beside other
 * records of its name or at the apex (RFC 1034, section 3.6.2; RFC 2181, section 10.1).
 */
export class Zone {
  readonly origin: string;
  readonly nameServers: string[];
  #serial = 1;
  readonly #records = new Map<string, StoredRecord[]>();

  constructor(origin: string, nameServers: string[] = [`ns1.${normalizeName(origin)}`]) {
    this.origin = normalizeName(origin);
    this.nameServers = nameServers;
  }

  /** SOA serial number; raised by one with every change. */
  get serial(): number {
    return this.#serial;
  }

  /** Every record of the zone, sorted by name and type; SOA and apex NS are not among them. */
  records(): StoredRecord[] {
    return [...this.#records.values()]
      .flat()
      .sort((a, b) => compareNames(a.name, b.name) || a.type.localeCompare(b.type));
  }

  /** The records of one name, in the order in which they were added. */
  at(name: string): readonly StoredRecord[] {
    return this.#records.get(normalizeName(name)) ?? [];
  }

  /** Whether the name is in the zone's tree: it has records, or a name below it has (RFC 8020). */
  exists(name: string): boolean {
    const normalized = normalizeName(name);
    if (normalized === this.origin || this.#records.has(normalized)) return true;
    return [...this.#records.keys()].some((owner) => owner.endsWith(`.${normalized}`));
  }

  /** Adds a record. @throws RecordError when it is malformed, outside the zone, or contradicts another. */
  add(record: DnsRecord): StoredRecord {
    const added = normalizeRecord(record);
    const faults = this.#conflicts(added, this.at(added.name));
    if (faults.length > 0) throw new RecordError(record, faults);
    this.#records.set(added.name, [...this.at(added.name), added]);
    this.#serial++;
    return added;
  }

  /** Replaces all records of one name and type by these values; an empty list removes them. */
  set(name: string, type: DnsRecord["type"], values: Omit<DnsRecord, "name" | "type">[]): void {
    const owner = normalizeName(name);
    const others = this.at(owner).filter((record) => record.type !== type);
    const records = [...others];
    for (const value of values) {
      const record = normalizeRecord({ ...value, name: owner, type });
      const faults = this.#conflicts(record, records);
      if (faults.length > 0) throw new RecordError(record, faults);
      records.push(record);
    }
    this.#store(owner, records);
  }

  /** Removes the record with this name, type and value (for MX, priority too). False when there is none. */
  remove(record: DnsRecord): boolean {
    const unwanted = normalizeRecord(record);
    const before = this.at(unwanted.name);
    const after = before.filter((each) => !isSame(each, unwanted));
    if (after.length === before.length) return false;
    this.#store(unwanted.name, after);
    return true;
  }

  #store(owner: string, records: StoredRecord[]): void {
    if (records.length === 0) this.#records.delete(owner);
    else this.#records.set(owner, records);
    this.#serial++;
  }

  #conflicts(record: StoredRecord, present: readonly StoredRecord[]): string[] {
    const faults: string[] = [];
    if (!isWithin(record.name, this.origin)) faults.push(`name is outside the zone ${this.origin}`);
    if (record.type === "CNAME" && record.name === this.origin)
      faults.push("a CNAME cannot stand at the apex");
    if (present.some((each) => isSame(each, record))) {
      faults.push("the same record exists already");
    } else {
      const other = present.find((each) => (each.type === "CNAME") !== (record.type === "CNAME"));
      if (other) faults.push(`the name has a ${other.type} record already, and a CNAME stands alone`);
      if (record.type === "CNAME" && present.some((each) => each.type === "CNAME")) {
        faults.push("the name has a CNAME record already");
      }
    }
    return faults;
  }
}

/**
 * All zones of the sandbox's world. What lies in none of them does not exist: the server answers for the
 * root too, so a name outside is NXDOMAIN and never REFUSED, which verifiers take for a temporary error.
 */
export class Zones {
  readonly #zones = new Map<string, Zone>();

  /** Creates a zone, filled with records if some are given. @throws Error when it exists or is misnamed. */
  create(origin: string, records: DnsRecord[] = []): Zone {
    const fault = nameFault(origin);
    if (fault) throw new Error(`zone ${JSON.stringify(origin)} refused: the name ${fault}`);
    const zone = new Zone(origin);
    if (this.#zones.has(zone.origin)) throw new Error(`zone ${zone.origin} exists already`);
    for (const record of records) zone.add(record);
    this.#zones.set(zone.origin, zone);
    return zone;
  }

  /** The zone with this origin. @throws Error when there is none. */
  zone(origin: string): Zone {
    const zone = this.#zones.get(normalizeName(origin));
    if (!zone)
      throw new Error(`no zone ${origin}; there are: ${[...this.#zones.keys()].join(", ") || "none"}`);
    return zone;
  }

  /** Removes a zone with everything in it. False when there is none. */
  delete(origin: string): boolean {
    return this.#zones.delete(normalizeName(origin));
  }

  /** All zones, sorted by origin. */
  list(): Zone[] {
    return [...this.#zones.values()].sort((a, b) => compareNames(a.origin, b.origin));
  }

  /** The zone that is authoritative for a name: the one with the longest origin that encloses it. */
  enclosing(name: string): Zone | undefined {
    const labels = normalizeName(name).split(".");
    for (let skip = 0; skip < labels.length; skip++) {
      const zone = this.#zones.get(labels.slice(skip).join("."));
      if (zone) return zone;
    }
    return undefined;
  }

  /** Adds a record to the zone that encloses its name. @throws RecordError when no zone does. */
  add(record: DnsRecord): StoredRecord {
    return this.#enclosingOrThrow(record).add(record);
  }

  /** Removes a record from the zone that encloses its name. False when there is no such record. */
  remove(record: DnsRecord): boolean {
    return this.#enclosingOrThrow(record).remove(record);
  }

  #enclosingOrThrow(record: DnsRecord): Zone {
    const zone = this.enclosing(record.name);
    if (!zone) throw new RecordError(record, ["no zone encloses this name"]);
    return zone;
  }
}

/** Whether a name is the origin or lies below it. Both normalized. */
export function isWithin(name: string, origin: string): boolean {
  return name === origin || name.endsWith(`.${origin}`);
}

function isSame(a: StoredRecord, b: StoredRecord): boolean {
  return a.type === b.type && a.value === b.value && a.priority === b.priority;
}

/** DNSSEC's canonical order (RFC 4034, section 6.1): by label, from the right. */
function compareNames(a: string, b: string): number {
  const left = a.split(".").reverse().join("\0");
  const right = b.split(".").reverse().join("\0");
  return left < right ? -1 : left > right ? 1 : 0;
}
