import { findEngine } from "../../../engine/find-engine";
import {
  type Complaint,
  checksWith,
  complaintsOf,
  type DoctorReport,
  SandboxDoctor,
} from "../../../sandbox/doctor";
import { Journey } from "../../../sandbox/journey";
import { currentNetwork } from "../../../sandbox/machine/network";
import { DOMAIN, RECIPIENT_DOMAIN } from "../../../sandbox/world";
import type { MirrorHosts } from "../../boot/network-run";
import { seedCollisions } from "./collisions";
import { DNS_FAULTS } from "./dns-faults";
import { MESSAGE_FAULTS } from "./message-faults";
import { examine, type FaultRow, type Patient } from "./patient";
import { RELAY_FAULTS } from "./relay-faults";
import { SENDGRID_FAULTS } from "./sendgrid-faults";

/** All faults, the one that changes the stack at the end. */
export const FAULTS = [...DNS_FAULTS, ...RELAY_FAULTS, ...MESSAGE_FAULTS, ...SENDGRID_FAULTS];

/** What the doctor said in all of it. */
export interface ScenarioResult {
  /** Before the first up, where the domain has records already that the stack writes too. */
  collisions: Complaint[];
  /** Before the first up, where nothing is in the way. */
  beforeUp: DoctorReport;
  /** With the stack up, a message sent through it, and that message as it was received. */
  healthy: DoctorReport;
  rows: FaultRow[];
}

const SUBJECT = "for the doctor";

/**
 * A stack from before its first up to a relay that was booted and had its faults, with the doctor looking on.
 *
 * @param say gets what happens, as short lines
 */
export async function doctorScenario(
  mirrors: MirrorHosts,
  say: (line: string) => void,
): Promise<ScenarioResult> {
  const network = currentNetwork();
  if (!network) {
    throw new Error("Run this inside the network, by runInNetwork.");
  }
  const { command: engine } = await findEngine();
  const cloud = { network, hosts: new Map(mirrors) };
  const journey = await Journey.begin({ engine, debian: 13, cloud, onProgress: say });
  try {
    const doctor = await SandboxDoctor.open(journey);
    try {
      return await scenario(journey, doctor, say);
    } finally {
      await doctor.close();
    }
  } finally {
    await journey.end();
  }
}

async function scenario(
  journey: Journey,
  doctor: SandboxDoctor,
  say: (line: string) => void,
): Promise<ScenarioResult> {
  await journey.run.configure({
    spf: JSON.stringify({ include: ["sendgrid.net"] }),
    // Nobody uses the old key any more when it is replaced here: it was deleted.
    sendgridKeyGracePeriod: "0",
  });
  const clear = seedCollisions(journey.world);
  const collisions = complaintsOf(await doctor.look({ from: "preview" }));
  clear();
  const beforeUp = await doctor.look({ from: "preview" });
  say("up");
  await journey.up();
  await journey.waitForRelay(say);
  await journey.send(SUBJECT);
  const { received } = await journey.arrival(SUBJECT);
  const patient: Patient = { journey, doctor, received: received.raw };
  const sendTo = `someone@${RECIPIENT_DOMAIN}`;
  const healthy = await doctor.look({ from: "state", message: received.raw, sendTo });
  say(`healthy: ${checksWith(healthy, "ok").join(", ")} of ${DOMAIN}`);
  const rows: FaultRow[] = [];
  for (const fault of FAULTS) {
    say(fault.name);
    rows.push(await examine(fault, patient));
  }
  return { collisions, beforeUp, healthy, rows };
}
