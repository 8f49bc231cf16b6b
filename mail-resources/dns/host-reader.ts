import type { Resource } from "../resource";
import { known, UNKNOWN, type Value } from "../value";

/** A record set as one provider's resource spells it. */
export interface SpelledRecordSet {
  /** What a person calls the DNS host, such as "Cloudflare". */
  host: string;
  /** The zone, as the resource names it: an id at some hosts, a name at others. */
  zone: Value;
  /** The zone's name where the resource itself knows it. */
  zoneName?: Value;
  /** As given: at some hosts relative to the zone, `@` or empty for the zone itself. */
  name: Value | undefined;
  /** The full name, where the provider has said it. */
  fullName?: Value;
  type: Value | undefined;
  /** TXT: joined strings, no quotes. */
  values: Value[];
  ttl?: Value;
  priority?: Value;
  proxied?: Value;
}

/** Reads the resources of one DNS provider; undefined for what is no record of its. */
export type HostReader = (resource: Resource) => SpelledRecordSet | undefined;

/** The items of a list of records; one unknown value where the list is not known. */
export function items(list: Value | undefined): Value[] {
  return Array.isArray(list) ? list : known(list) || list === undefined || list === null ? [] : [list];
}

/** Applies `change` to text, and leaves what is unknown or secret as it is. */
export function mapText(value: Value, change: (text: string) => string): Value {
  return typeof value === "string" ? change(value) : value;
}

/** Unknown where the value is missing: the provider decides it. */
export function orUnknown(value: Value | undefined): Value {
  return value ?? UNKNOWN;
}
