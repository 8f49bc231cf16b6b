import type { Fault } from "../faults";
import type { ExistingRecord, ExistingZone } from "./dns-host";
import { isWithin } from "./domain-name";
import { excludeEachOther, type MailRecord, slotOf } from "./record";

/** How a host keeps records, as far as it decides what may stand side by side. */
export interface HostTraits {
  /** For messages. */
  name: string;
  /** Whether the records of a name and type are one resource. */
  recordSets?: boolean;
}

/**
 * What stands in the way of publishing `records` in a zone, each with the setting that lets them be published.
 * `records` are those that are about to be made: what a stack made before is no collision, and is not among them.
 */
export function collisions(
  records: readonly MailRecord<unknown>[],
  { zone, records: existing }: ExistingZone,
  host: HostTraits,
): Fault[] {
  return records.flatMap((record) => {
    const slot = slotOf(record);
    if (!slot) {
      return [];
    }
    if (!isWithin(slot.name, zone)) {
      const reason = `does not lie in the zone ${zone} of ${host.name}`;
      const next = "Give the zone that holds the domain, or another domain.";
      return [{ path: "domain", value: slot.name, reason, next }];
    }
    const inTheWay = existing.filter(
      (found) =>
        found.name === slot.name &&
        !isReplaced(record, found) &&
        (excludeEachOther(slot, { ...found, text: found.value }) ||
          (host.recordSets === true && found.type === slot.type)),
    );
    return inTheWay.length === 0 ? [] : [faultOf(record, slot.name, inTheWay, host)];
  });
}

/** A record of this module that gets another type: the host deletes the old one first. */
function isReplaced(record: MailRecord<unknown>, found: ExistingRecord): boolean {
  return found.comment === record.purpose && found.type !== record.type;
}

function faultOf(
  record: MailRecord<unknown>,
  name: string,
  inTheWay: readonly ExistingRecord[],
  host: HostTraits,
): Fault {
  const there = inTheWay.map(({ type, value }) => `${type} ${JSON.stringify(value)}`).join(" and ");
  const exists = `exists already at ${host.name}: ${there}`;
  const fault = (reason: string, next: string): Fault => ({
    path: `adopt.${record.key}`,
    value: name,
    reason,
    next,
  });
  const sameType = inTheWay.filter(({ type }) => type === record.type);
  const [first] = sameType;
  if (!first || sameType.length < inTheWay.length) {
    return fault(
      `${exists}, and a CNAME must be alone at its name (RFC 1034)`,
      "Choose another subdomain or selector, or delete what is there if nothing needs it, this stack included.",
    );
  }
  const adopt = `Set adopt.${record.key} to ${JSON.stringify(first.importId)} to take it over as it is; the preview after that shows what changes`;
  if (record.key === "spf") {
    return spfFault(fault, exists, sameType, adopt, host);
  }
  if (sameType.length > 1 && !host.recordSets) {
    return fault(`${exists}, and there may be one`, `Delete all but one at ${host.name}, then run again.`);
  }
  return fault(exists, `${adopt}. Or delete it at ${host.name}, if nothing needs it.`);
}

function spfFault(
  fault: (reason: string, next: string) => Fault,
  exists: string,
  found: readonly ExistingRecord[],
  adopt: string,
  host: HostTraits,
): Fault {
  const policies = found.filter(({ value }) => /^v=spf1(\s|$)/i.test(value));
  const others = found.filter((each) => !policies.includes(each));
  if (policies.length > 1) {
    const next = `Merge them into one at ${host.name}, delete the other, then run again.`;
    return fault(`${exists}: more than one SPF record, which fails every check (RFC 7208 section 4.5)`, next);
  }
  const steps = [adopt];
  const [policy] = policies;
  if (policy) {
    steps.unshift(`Set spf.existing to ${JSON.stringify(policy.value)}, so that it is merged`);
  }
  if (others.length > 0) {
    const texts = JSON.stringify(others.map(({ value }) => value));
    steps.push(
      `Give ${host.name} the other texts of that record set, so that they stay: { ${JSON.stringify(found[0]?.name)}: ${texts} }`,
    );
  }
  const why = policy ? ", and two SPF records fail every check (RFC 7208 section 4.5)" : "";
  return fault(`${exists}${why}`, `${steps.join(". ")}.`);
}
