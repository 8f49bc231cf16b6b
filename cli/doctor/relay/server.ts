import { Problem } from "../../problem";
import { credentialStatus, listQueue } from "../../server/commands";
import { runChecked } from "../../transport/run-checked";
import type { Transport } from "../../transport/transport";
import type { DoctorWorld, Finding } from "../check";
import { credentialFindings, parseUnit } from "./credential";
import type { Look } from "./ports";
import { queueFindings, queueSummary } from "./queue";

/** What the server itself says, by the way that the command line names; undefined where it names none. */
export async function lookAtServer(world: DoctorWorld): Promise<Look | undefined> {
  if (world.transport === undefined) {
    return undefined;
  }
  try {
    const transport = await world.transport();
    const [queue, credential] = await Promise.all([
      lookAtQueue(transport, world.now()),
      lookAtCredential(transport),
    ]);
    return { seen: true, findings: [...queue.findings, ...credential], summary: queue.summary };
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    const { message, next } = error;
    const finding: Finding = { severity: "error", path: "relay", message: message.replace(/\.$/, ""), next };
    return { seen: true, findings: [finding], summary: "its server could not be asked" };
  }
}

async function lookAtQueue(transport: Transport, now: Date): Promise<Pick<Look, "findings" | "summary">> {
  const { stdout, cutFrom } = await runChecked(transport, listQueue());
  return {
    findings: queueFindings(stdout, cutFrom?.lines, now),
    summary: queueSummary(stdout, cutFrom?.lines),
  };
}

/** Whether the server gets its password. A server that does not use the module's credential has no such unit. */
async function lookAtCredential(transport: Transport): Promise<Finding[]> {
  const { exitCode, stdout } = await transport.run(credentialStatus());
  return exitCode === 0 ? credentialFindings(parseUnit(stdout)) : [];
}
