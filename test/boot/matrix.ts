import { z } from "zod";
import { type Fault, faultsNamed } from "./faults";
import { PASSWORD, SMART_HOST } from "./names";
import type { NetworkInput } from "./network-run";
import { startRelayWorld } from "./relay-world";
import { CUSTOM_PORT, Relays, SECOND_ADDRESS, SECOND_HOST } from "./relays";
import { type Row, rowOf, summary } from "./row";
import { type Surroundings, Trial } from "./trial";

/** What a run of the matrix does: these faults, on this release. */
export const MATRIX_PARAMETERS = z.object({
  debian: z.union([z.literal(12), z.literal(13)]),
  faults: z.array(z.string()).min(1),
});
export type MatrixParameters = z.infer<typeof MATRIX_PARAMETERS>;

/** How much of a relay's journal is shown after a fault that fails. */
const JOURNAL_LINES = 60;

/** Runs faults one after the other in the network, each on a relay that is well again, and balances each. */
export async function runMatrix(input: NetworkInput<unknown>, say: (line: string) => void): Promise<Row[]> {
  const { debian, faults: names } = MATRIX_PARAMETERS.parse(input.parameters);
  const faults = faultsNamed(names);
  const world = await startRelayWorld({ debian, mirrors: input.mirrors, say });
  try {
    const first = await world.addSmartHost({ name: SMART_HOST, starttls: [587, 2525, CUSTOM_PORT] });
    const second = await world.addSmartHost({ name: SECOND_HOST, address: SECOND_ADDRESS });
    const surroundings = { world, relays: new Relays(world, say), hosts: { first, second }, say };
    const rows: Row[] = [];
    for (const [index, fault] of faults.entries()) {
      rows.push(await runFault(fault, debian, surroundings));
      if (faults[index + 1]?.relay !== fault.relay) await surroundings.relays.stop(fault.relay);
    }
    return rows;
  } finally {
    await world.close();
  }
}

async function runFault(fault: Fault, debian: 12 | 13, surroundings: Surroundings): Promise<Row> {
  const start = Date.now();
  let trial: Trial | undefined;
  let error: string | undefined;
  try {
    await makeWell(surroundings);
    const relay = await surroundings.relays.get(fault.relay);
    await beginClean(relay, surroundings);
    trial = new Trial(fault.name, surroundings, relay);
    await fault.run(trial);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  const balance = await trial?.settle().catch((thrown: unknown) => {
    error ??= String(thrown);
    return undefined;
  });
  const row = rowOf(fault, debian, { trial, balance, error, seconds: (Date.now() - start) / 1_000 });
  surroundings.say(summary(row));
  if (row.faults.length > 0 && trial !== undefined) await sayJournal(trial);
  return row;
}

/** The end of the journal of the fault's relay, for whoever looks for the cause. */
async function sayJournal({ relay, surroundings: { say } }: Trial): Promise<void> {
  const journal = await relay.journal().catch((error: unknown) => `no journal: ${error}`);
  for (const line of journal.trimEnd().split("\n").slice(-JOURNAL_LINES)) say(`  ${line}`);
}

/** Takes away what a fault before may have left, so that each one stands alone. */
async function makeWell({ world, hosts }: Surroundings): Promise<void> {
  world.servers.api.failure = undefined;
  await world.setPassword(PASSWORD);
  for (const host of [hosts.first, hosts.second]) {
    host.passwords = new Set([PASSWORD]);
    host.decide = () => "take";
    host.beforeText = async () => {};
    host.beforeAnswer = async () => {};
    if (!host.isOpen) await host.open();
  }
}

/** An empty queue and the right password. */
async function beginClean(
  relay: Awaited<ReturnType<Relays["get"]>>,
  { say }: { say: (line: string) => void },
): Promise<void> {
  const waiting = await relay.queue();
  if (waiting.length > 0) {
    say(`the fault before left ${waiting.length} messages in the queue: removed`);
    await relay.run(["postsuper", "-d", "ALL"]);
  }
  await relay.run(["systemctl", "start", "smarthost-credential"]);
}
