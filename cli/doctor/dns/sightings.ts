import type { DnsResolver } from "../../../components/mail-dns/resolver";
import type { DoctorWorld } from "../doctor-world";
import type { SubjectRecord } from "../subject";
import { type Served, type Verdict, verdictOf } from "./record-verdict";
import { type ZoneServers, zoneServers } from "./zone-servers";

/** How one server sees a record. */
export interface Sighting {
  /** "9.9.9.9", "ns1.example.com". */
  server: string;
  /** `resolver`: what mail servers are told. `name-server`: what the zone says. */
  role: "resolver" | "name-server";
  verdict: Verdict;
}

/** How everybody sees a record. */
export interface RecordView {
  record: SubjectRecord;
  /** The zone's name, empty where it was not looked for or not found. */
  zone: string;
  sightings: Sighting[];
  /** Name servers of the zone that have no address. */
  unreachable: string[];
}

const views = new WeakMap<DoctorWorld, Map<SubjectRecord, Promise<RecordView>>>();

/** Asks every resolver and name server for a record, once in a run: several checks build on the answer. */
export function viewOf(record: SubjectRecord, world: DoctorWorld): Promise<RecordView> {
  const known = views.get(world) ?? new Map<SubjectRecord, Promise<RecordView>>();
  views.set(world, known);
  const view = known.get(record) ?? look(record, world);
  known.set(record, view);
  return view;
}

/** Whether mail servers see the record as it is declared; a check of what it means has nothing to say otherwise. */
export async function isServed(record: SubjectRecord, world: DoctorWorld): Promise<boolean> {
  const { sightings } = await viewOf(record, world);
  const answered = sightings.filter(({ verdict }) => verdict.kind !== "unanswered");
  return answered.length > 0 && answered.every(({ verdict }) => verdict.kind === "right");
}

async function look(record: SubjectRecord, world: DoctorWorld): Promise<RecordView> {
  const { servers, unreachable, zone } = await delegation(record, world);
  const ask = async (server: string, role: Sighting["role"], resolver: DnsResolver): Promise<Sighting> => ({
    server,
    role,
    verdict: verdictOf(record, await serve(record, resolver)),
  });
  const sightings = await Promise.all([
    ...world.resolvers.map(({ name, resolver }) => ask(name, "resolver", resolver)),
    ...servers.map(({ name, resolver }) => ask(name, "name-server", resolver)),
  ]);
  return { record, zone, sightings, unreachable };
}

interface Delegation extends Omit<ZoneServers, "servers"> {
  servers: { name: string; resolver: DnsResolver }[];
}

/** Who serves the record's zone; nobody where name servers are not asked, or the resolvers don't tell. */
async function delegation(record: SubjectRecord, world: DoctorWorld): Promise<Delegation> {
  const { nameServer, resolvers } = world;
  const nobody = { zone: "", servers: [], unreachable: [] };
  if (!nameServer) {
    return nobody;
  }
  const start = record.type === "CNAME" ? record.name.slice(record.name.indexOf(".") + 1) : record.name;
  for (const { resolver } of resolvers) {
    try {
      const { servers, ...zone } = await zoneServers(start, resolver);
      return {
        ...zone,
        servers: servers.map(({ name, address }) => ({ name, resolver: nameServer(address) })),
      };
    } catch {
      // The next resolver may know; that this one does not answer shows with the record itself.
    }
  }
  return nobody;
}

/** What a server says of the record's name and type. */
export async function serve(record: SubjectRecord, resolver: DnsResolver): Promise<Served> {
  const { name, type } = record;
  try {
    switch (type) {
      case "TXT":
      case "A":
      case "AAAA":
        return { values: (await resolver.lookUp(name, type)).records };
      case "MX":
        return { values: (await resolver.lookUp(name, type)).records.map(({ exchange }) => exchange) };
      case "CNAME": {
        const { records } = await resolver.lookUp(name, type);
        return records.length > 0
          ? { values: records }
          : { values: [], addresses: (await resolver.lookUp(name, "A")).records };
      }
      default:
        return { failure: `records of the type ${type} are not looked at` };
    }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
