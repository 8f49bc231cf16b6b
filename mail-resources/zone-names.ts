import { propertyValue, type Resource } from "./resource";
import { textOf } from "./value";

/** Names of zones by the ids with which records name them; lower case, without final dot. */
export type ZoneNames = ReadonlyMap<string, string>;

/** Which property of a zone's resource has its name. */
const ZONES = new Map([
  ["aws:route53/zone:Zone", "name"],
  ["cloudflare:index/zone:Zone", "name"],
  ["gcp:dns/managedZone:ManagedZone", "dnsName"],
]);

/** The names of the zones that a program has resources or records of, as far as their ids are known. */
export function zoneNames(resources: Iterable<Resource>): ZoneNames {
  const names = new Map<string, string>();
  for (const resource of resources) {
    const property = ZONES.get(resource.type);
    if (property !== undefined && resource.id !== undefined) {
      const name = textOf(propertyValue(resource, property) ?? propertyValue(resource, "zone"));
      if (name !== undefined) {
        names.set(resource.id, plain(name));
      }
    }
    const [zone, name] = fromRecord(resource) ?? [];
    if (zone !== undefined && name !== undefined && !names.has(zone)) {
      names.set(zone, name);
    }
  }
  return names;
}

/** A relative name beside the full one gives the zone away. */
function fromRecord(resource: Resource): [zone: string, name: string] | undefined {
  const zone = textOf(propertyValue(resource, "zoneId"));
  const name = textOf(resource.inputs.name);
  const full = textOf(resource.outputs.fqdn ?? resource.outputs.hostname);
  if (zone === undefined || name === undefined || full === undefined) {
    return undefined;
  }
  const [relative, whole] = [plain(name), plain(full)];
  if (relative === "" || relative === "@") {
    return [zone, whole];
  }
  return whole.startsWith(`${relative}.`) ? [zone, whole.slice(relative.length + 1)] : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
