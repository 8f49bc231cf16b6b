import type { Fault } from "../faults";
import { OncePerRun } from "../once-per-run";
import { excludeEachOther, type RecordSlot } from "./record";

/** Who publishes what, by host and name, in a run of the program. */
const claims = new OncePerRun<{ slot: RecordSlot; owner: Owner }[]>();

interface Owner {
  name: string;
}

/**
 * Notes that a component publishes records at a host, and says which of them exclude those of another component in
 * this program: two identities of a domain with one DKIM selector, two SPF or DMARC records.
 */
export function claim(slots: readonly RecordSlot[], host: string, owner: Owner): Fault[] {
  return slots.flatMap((slot) => {
    const taken = claims.get(`${host} ${slot.name}`, () => []);
    const other = taken.find((each) => each.owner !== owner && excludeEachOther(each.slot, slot));
    taken.push({ slot, owner });
    if (!other) {
      return [];
    }
    const reason = `is published by MailDns "${other.owner.name}" of this program too`;
    return [{ path: "records", value: slot.name, reason, next: advice(slot) }];
  });
}

function advice({ name }: RecordSlot): string {
  if (name.includes("._domainkey.")) {
    return "Give one of them a DKIM selector of its own (dkimSelector).";
  }
  return name.startsWith("_dmarc.")
    ? "Let one of them publish the policy, and set dmarc to false in the other."
    : "Give one of them a subdomain of its own, or put the settings of both into one.";
}
