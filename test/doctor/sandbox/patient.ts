import { type Complaint, complaintsOf, type DoctorReport, type SandboxDoctor } from "../../../sandbox/doctor";
import type { Journey } from "../../../sandbox/journey";
import type { Machine } from "../../../sandbox/machine/machine";

/** The stack that is up, with its relay, which faults are seeded in. */
export interface Patient {
  journey: Journey;
  doctor: SandboxDoctor;
  /** A message of the stack's sender, as the inbox stored it. */
  received: Buffer;
}

/** A fault that is seeded and mended. */
export interface SeededFault {
  /** Such as `dkim-record-changed`. */
  name: string;
  /** The check that has to find it. */
  check: string;
  /** What its finding has to say. */
  says: RegExp;
  /** Brings it about. @returns what mends it */
  seed(patient: Patient): Promise<() => Promise<void>>;
  /** A look at something of its own, such as another message. */
  received?(patient: Patient): Buffer;
}

/** What the doctor said with a fault, and once it was mended. */
export interface FaultRow {
  fault: string;
  /** The finding that names the fault. */
  found?: Complaint;
  others: Complaint[];
  /** What was left to complain of when it was mended. */
  mended: Complaint[];
}

/** Seeds the fault, looks, mends it, and looks again. */
export async function examine(fault: SeededFault, patient: Patient): Promise<FaultRow> {
  const mend = await fault.seed(patient);
  let sick: DoctorReport;
  try {
    const message = fault.received?.(patient) ?? patient.received;
    sick = await patient.doctor.look({ from: "state", message });
  } finally {
    await mend();
  }
  const healthy = await patient.doctor.look({ from: "state", message: patient.received });
  const complaints = complaintsOf(sick);
  const found = complaints.find(({ check, message }) => check === fault.check && fault.says.test(message));
  return {
    fault: fault.name,
    ...(found && { found }),
    others: complaints.filter((complaint) => complaint !== found),
    mended: complaintsOf(healthy),
  };
}

/** The booted relay. */
export function relayOf({ journey }: Patient): Machine {
  if (!journey.servers) {
    throw new Error("the journey has no booted server");
  }
  return journey.servers.machine(journey.relay().id);
}
