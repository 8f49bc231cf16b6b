import { type DnsRecordSet, dnsRecordSet } from "../mail-resources/dns-record";
import { nameOfUrn } from "../mail-resources/resource";
import { UNKNOWN } from "../mail-resources/value";
import { zoneNames } from "../mail-resources/zone-names";
import type { RuleResource, Violation } from "./rule";

/** A record set whose name is known. */
export type NamedRecordSet = DnsRecordSet & { name: string };

/** The record sets of these resources that have a known name. */
export function recordSets(resources: readonly RuleResource[]): NamedRecordSet[] {
  const zones = zoneNames(resources);
  return resources
    .map((resource) => dnsRecordSet(resource, zones))
    .filter((set): set is NamedRecordSet => typeof set?.name === "string");
}

/** A TXT record that this stack publishes. */
export interface PublishedText {
  urn: string;
  /** Lower case, without a final dot; relative to the zone where the zone's name is not known. */
  name: string;
  /** Its strings joined. */
  text: string;
  /** Which zone of which host it is in; undefined where that is not known yet. */
  zone: string | undefined;
}

/** The TXT records whose known text is of a kind; a record set can hold several. */
export function publishedTexts(
  resources: readonly RuleResource[],
  isOfKind: (text: string, name: string) => boolean,
): PublishedText[] {
  return recordSets(resources)
    .filter(({ type }) => type === "TXT")
    .flatMap(({ name, values, host, zone, resource: { urn } }) =>
      values
        .filter((value) => typeof value === "string")
        .filter((text) => isOfKind(text, name))
        .map((text) => ({ urn, name, text, zone: zone === UNKNOWN ? undefined : `${host} ${String(zone)}` })),
    );
}

/**
 * The names that have more than one of these records in one zone. The same name in two zones is no fault: a name
 * can be served inside and outside, or by two hosts.
 *
 * @param what the records are, in the plural
 */
export function severalAtOneName(records: readonly PublishedText[], what: string): Violation[] {
  const groups = new Map<string, PublishedText[]>();
  for (const record of records.filter(({ zone }) => zone !== undefined)) {
    const key = `${record.zone} ${record.name}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].flatMap((same): Violation[] => {
    // The engine's order of resources differs from run to run.
    const last = same.toSorted((one, other) => (one.urn < other.urn ? -1 : 1)).at(-1);
    if (last === undefined || same.length === 1) {
      return [];
    }
    const others = new Set(same.map(({ urn }) => urn).filter((urn) => urn !== last.urn));
    const where = others.size === 0 ? "" : `, also in ${[...others].map(nameOfUrn).join(", ")}`;
    return [{ urn: last.urn, message: `${last.name} has ${same.length} ${what}${where}` }];
  });
}
