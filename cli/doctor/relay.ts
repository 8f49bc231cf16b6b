import { type Check, type CheckResult, type DoctorWorld, resultOf, skipped } from "./check";
import { type Look, lookAtPorts } from "./relay/ports";
import { lookAtServer } from "./relay/server";
import type { RelayTarget } from "./subject";

/** Whether the relays take mail, and what their servers say: the queue and the credential. Nothing is sent or changed. */
export const relay: Check = {
  name: "relay",
  title: "Relay",
  async run({ relays }, world): Promise<CheckResult> {
    if (relays.length === 0 && world.transport === undefined) {
      return skipped("the stack has no relay");
    }
    const looks = (
      await Promise.all([...relays.map((target) => lookFromHere(target, world)), lookAtServer(world)])
    ).filter((look) => look !== undefined);
    const summary = looks.map(({ summary: each }) => each).join("; ");
    return looks.some(({ seen }) => seen)
      ? resultOf(
          looks.flatMap(({ findings }) => findings),
          summary,
        )
      : skipped(summary);
  },
};

async function lookFromHere(target: RelayTarget, world: DoctorWorld): Promise<Look> {
  return target.host === undefined
    ? { seen: false, findings: [], summary: `${target.name} is not made yet` }
    : await lookAtPorts({ ...target, host: target.host }, world);
}
