import { nameFault } from "../dns/spelling";
import { type RecordSet, type ServedRecord, served, setFaults } from "./record-sets";
import type { RecordType } from "./record-values";
import { AwsRefusal } from "./refusal";

/** Where the zones are served from: the sandbox's DNS server, or anything that keeps zones and records. */
export interface DnsStore {
  create(origin: string): unknown;
  delete(origin: string): unknown;
  add(record: ServedRecord): unknown;
  remove(record: ServedRecord): unknown;
}

export interface HostedZone {
  /** Z and more capital letters and digits. */
  id: string;
  /** Lower case, no trailing dot. */
  name: string;
  comment: string;
  tags: Record<string, string>;
  callerReference: string;
  nameServers: string[];
}

/** Which of a change's two halves is refused where a set exists. */
export type ChangeAction = "CREATE" | "UPSERT";

/**
 * The hosted zones of Route 53 and their record sets, served by a DNS store. Stricter than the real one: public zones,
 * one of a name; names in lower case without trailing dot; the types that the sandbox's DNS server answers. It does
 * not show alias records, routing policies, delegation sets, propagation or quotas on requests.
 */
export class HostedZones {
  readonly #zones = new Map<string, HostedZone>();
  readonly #sets = new Map<string, RecordSet[]>();
  #made = 0;

  /** @param dns undefined where nobody asks for the records. */
  constructor(private readonly dns: DnsStore | undefined) {}

  /** Every zone, in the order in which they were made. */
  list(): HostedZone[] {
    return [...this.#zones.values()];
  }

  /** The zone with this id; undefined when there is none. */
  find(id: string): HostedZone | undefined {
    return this.#zones.get(id);
  }

  /** The zone with this id. @throws AwsRefusal NoSuchHostedZone when there is none. */
  zone(id: string): HostedZone {
    const zone = this.#zones.get(id);
    if (zone === undefined) throw new AwsRefusal("NoSuchHostedZone", `No hosted zone found with ID: ${id}`);
    return zone;
  }

  /**
   * Makes a zone, also before a stack does anything. The DNS store serves it from then on.
   *
   * @throws AwsRefusal when there is one of this name; the DNS store's error when it has the zone already.
   */
  create(input: Pick<HostedZone, "name"> & Partial<Pick<HostedZone, "comment" | "tags">>): HostedZone {
    const { name, comment = "", tags = {} } = input;
    if (this.list().some((zone) => zone.name === name)) {
      throw new AwsRefusal("HostedZoneAlreadyExists", `A hosted zone ${name} exists; stricter than Route 53`);
    }
    this.dns?.create(name);
    this.#made += 1;
    const id = `Z0${this.#made.toString(36).toUpperCase().padStart(19, "0")}`;
    const callerReference = `substitute-${this.#made}`;
    const zone = { id, name, comment, tags, callerReference, nameServers: [`ns1.${name}`] };
    this.#zones.set(id, zone);
    this.#sets.set(id, []);
    return zone;
  }

  /** Changes what can be changed in place. @throws AwsRefusal NoSuchHostedZone. */
  change(id: string, change: Partial<Pick<HostedZone, "comment" | "tags">>): HostedZone {
    const zone = { ...this.zone(id), ...change };
    this.#zones.set(id, zone);
    return zone;
  }

  /**
   * Deletes a zone; nothing happens when there is none.
   *
   * @throws AwsRefusal HostedZoneNotEmpty while it has records of its own, unless these are to go with it.
   */
  delete(id: string, { withRecords = false } = {}): void {
    const zone = this.find(id);
    if (zone === undefined) return;
    if (!withRecords && this.recordSets(id).length > 0) {
      throw new AwsRefusal(
        "HostedZoneNotEmpty",
        "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
      );
    }
    this.dns?.delete(zone.name);
    this.#zones.delete(id);
    this.#sets.delete(id);
  }

  /** The record sets of a zone without the SOA and NS that Route 53 makes, sorted by name as Route 53 sorts them. */
  recordSets(zoneId: string): RecordSet[] {
    const key = ({ name, type }: RecordSet) => [...name.split(".").reverse(), type].join("\0");
    return (this.#sets.get(zoneId) ?? []).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  /** The set of this name and type; undefined when there is none. */
  recordSet(zoneId: string, name: string, type: string): RecordSet | undefined {
    return this.#sets.get(zoneId)?.find((set) => set.name === name && set.type === type);
  }

  /**
   * Makes a record set, or with UPSERT puts it in the place of the one that is there; also from outside a stack.
   *
   * @param replaced the type of a set of the same name which goes in the same change, for a change of the type
   * @throws AwsRefusal InvalidChangeBatch with every fault; nothing has changed then
   */
  put(zoneId: string, action: ChangeAction, set: RecordSet, replaced?: RecordType): void {
    const zone = this.zone(zoneId);
    const old = replaced === undefined ? undefined : this.recordSet(zoneId, set.name, replaced);
    const faults = [
      ...(replaced !== undefined && old === undefined
        ? [`Tried to delete resource record set ${quote(set.name, replaced)} but it was not found`]
        : []),
      ...setFaults(set),
      ...this.#placeFaults(zone, action, set, old),
    ];
    if (faults.length > 0) throw new AwsRefusal("InvalidChangeBatch", `[${faults.join(", ")}]`);
    if (old !== undefined) this.remove(zoneId, old.name, old.type);
    this.remove(zoneId, set.name, set.type);
    for (const record of served(set)) this.dns?.add(record);
    this.#sets.get(zoneId)?.push({ ...set, records: [...set.records] });
  }

  /** Removes a record set, also from outside a stack. False when there is none. */
  remove(zoneId: string, name: string, type: string): boolean {
    const set = this.recordSet(zoneId, name, type);
    if (set === undefined) return false;
    for (const record of served(set)) this.dns?.remove(record);
    this.#sets.set(zoneId, this.#sets.get(zoneId)?.filter((each) => each !== set) ?? []);
    return true;
  }

  #placeFaults(zone: HostedZone, action: ChangeAction, set: RecordSet, old: RecordSet | undefined): string[] {
    const { name, type } = set;
    const fault = nameFault(name);
    if (fault !== undefined) return [`DNS name ${name} ${fault}`];
    const isApex = name === zone.name;
    if (!isApex && !name.endsWith(`.${zone.name}`)) {
      return [`RRSet with DNS name ${name}. is not permitted in zone ${zone.name}.`];
    }
    const rrSet = `RRSet of type ${type} with DNS name ${name}.`;
    if (isApex && type === "CNAME") return [`${rrSet} is not permitted at apex in zone ${zone.name}.`];
    // Route 53 makes the apex NS itself; to change it is out of this substitute's world.
    if (isApex && type === "NS") return [`Tried to change ${quote(name, type)}, which the substitute keeps`];
    const beside = (this.#sets.get(zone.id) ?? []).filter((each) => each.name === name && each !== old);
    if (action === "CREATE" && beside.some((each) => each.type === type)) {
      return [`Tried to create resource record set ${quote(name, type)} but it already exists`];
    }
    if (type !== "CNAME" && beside.some((each) => each.type === "CNAME")) {
      return [
        `${rrSet} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already ` +
          `exists in zone ${zone.name}.`,
      ];
    }
    return type === "CNAME" && beside.some((each) => each.type !== "CNAME")
      ? [
          `${rrSet} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}.`,
        ]
      : [];
  }
}

function quote(name: string, type: string): string {
  return `[name='${name}.', type='${type}']`;
}
