import type { DnsRecordSet } from "../../../mail-resources/dns-record";
import type { ResourceChange } from "../../../mail-resources/preview";
import {
  known,
  listOf,
  numberOf,
  SHOWN_UNKNOWN,
  sameValue,
  showValue,
  UNKNOWN,
} from "../../../mail-resources/value";
import type { DeclaredNames } from "../identities";
import type { RecordChange, RecordState } from "../report";
import type { RecordPair } from "./published";
import { PURPOSES, purposeOf } from "./purpose";

const COMPARED = ["name", "type", "values", "ttl", "proxied"] as const;
/** Cloudflare's word for a TTL that it chooses. */
const AUTOMATIC_TTL = 1;

/**
 * What the update does to a record, or undefined where it changes nothing that DNS shows, or the record has nothing to
 * do with mail.
 */
export function recordChange(
  { resource, before, after }: RecordPair,
  names: { before: DeclaredNames; after: DeclaredNames },
): RecordChange | undefined {
  const set = after ?? before;
  const purpose = (after && purposeOf(after, names.after)) ?? (before && purposeOf(before, names.before));
  if (set === undefined || purpose === undefined) {
    return undefined;
  }
  const isAdopted = resource.operation === "import" || resource.operation === "import-replacement";
  const [was, is] = [before && recordState(before), after && recordState(after, isAdopted)];
  const moved = (property: (typeof COMPARED)[number]) =>
    !sameValue(was?.[property], is?.[property]) || (property === "values" && changesUnseen(resource, set));
  const differences = was && is ? COMPARED.filter(moved) : [];
  if (was && is && differences.length === 0 && !isAdopted) {
    return undefined;
  }
  return {
    change: isAdopted ? "adopted" : was === undefined ? "added" : is === undefined ? "removed" : "changed",
    purpose,
    name: shownName(set),
    type: set.type === "" ? SHOWN_UNKNOWN : set.type,
    host: set.host,
    urn: resource.urn,
    before: was,
    after: is,
    differences,
  };
}

/** Where providers have a record's values. */
const VALUES = /^(content|values?|data|records?|aliases|rrdatas|(txt|mx|cname)Records?)\b/;

/** What is secret or unknown before and after looks the same; the engine knows that it changes. */
function changesUnseen({ changed }: ResourceChange, { values }: DnsRecordSet): boolean {
  return values.some((value) => !known(value)) && changed.some((path) => VALUES.test(path));
}

/** In the order of their purposes, then by name. */
export function compareRecords(one: RecordChange, other: RecordChange): number {
  return (
    PURPOSES.indexOf(one.purpose) - PURPOSES.indexOf(other.purpose) ||
    one.name.localeCompare(other.name, "en")
  );
}

/** @param isAdopted whether what is not known stays as it is */
function recordState(set: DnsRecordSet, isAdopted = false): RecordState {
  const { type, values, ttl, proxied, host } = set;
  return {
    name: shownName(set),
    type: type === "" ? SHOWN_UNKNOWN : type,
    values: values.map((value, index) =>
      isAdopted && value === UNKNOWN ? SHOWN_KEPT : withPreference(set, showValue(value), index),
    ),
    ...(ttl !== undefined &&
      !(isAdopted && ttl === UNKNOWN) && {
        ttl: host === "Cloudflare" && numberOf(ttl) === AUTOMATIC_TTL ? "automatic" : showValue(ttl),
      }),
    // Off is the default, and says nothing.
    ...(proxied === true && { proxied }),
  };
}

/** What people read in place of the text of a record that is taken over. */
const SHOWN_KEPT = "(stays as it is)";

function withPreference({ type, priority }: DnsRecordSet, value: string, index: number): string {
  const preference = Array.isArray(priority) ? listOf(priority)[index] : priority;
  return type === "MX" && known(preference) ? `${showValue(preference)} ${value}` : value;
}

function shownName({ name }: DnsRecordSet): string {
  return name === UNKNOWN ? SHOWN_UNKNOWN : name;
}
