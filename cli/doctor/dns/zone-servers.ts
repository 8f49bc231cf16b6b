import type { DnsResolver } from "../../../components/mail-dns/resolver";

/** A name server of a zone. */
export interface NameServer {
  name: string;
  address: string;
}

/** The zone that a name lies in, and who serves it. */
export interface ZoneServers {
  /** The zone's name; empty where none was found. */
  zone: string;
  servers: NameServer[];
  /** Name servers that have no address. */
  unreachable: string[];
}

/** Every name server of a zone has to say the same; more than these are not asked. */
const MOST_SERVERS = 6;

/**
 * Finds the zone of a name as a resolver sees the delegation: the longest parent with NS records. Rejects where the
 * resolver does.
 *
 * @param name where the search begins; a name that has a CNAME has no NS of its own, so begin above it
 */
export async function zoneServers(name: string, resolver: DnsResolver): Promise<ZoneServers> {
  const labels = name.split(".");
  for (let at = 0; at < labels.length; at += 1) {
    const zone = labels.slice(at).join(".");
    const { records } = await resolver.lookUp(zone, "NS");
    if (records.length > 0) {
      return { zone, ...(await addressesOf(records.slice(0, MOST_SERVERS), resolver)) };
    }
  }
  return { zone: "", servers: [], unreachable: [] };
}

/** One address of each: servers that share a name share their zones. IPv4 first, which every network has. */
async function addressesOf(
  names: readonly string[],
  resolver: DnsResolver,
): Promise<Pick<ZoneServers, "servers" | "unreachable">> {
  const found = await Promise.all(
    names.toSorted().map(async (name) => {
      const { records } = await resolver.lookUp(name, "A");
      const [address = (await resolver.lookUp(name, "AAAA")).records[0]] = records;
      return { name, address };
    }),
  );
  return {
    servers: found.flatMap(({ name, address }) => (address === undefined ? [] : [{ name, address }])),
    unreachable: found.filter(({ address }) => address === undefined).map(({ name }) => name),
  };
}
