import { EXIT, type ExitCode } from "../exit-code";
import { count } from "../quantities";
import { flushQueue } from "../server/commands";
import { parseQueueIds } from "../server/queue-id";
import type { Surroundings } from "../surroundings";
import { runChecked } from "../transport/run-checked";
import { openSession } from "./session";
import type { TargetFlags } from "./target";

export interface FlushFlags extends TargetFlags {
  json?: boolean;
}

/** `relay flush`: tries deferred mail now. */
export async function flush(
  words: string[],
  flags: FlushFlags,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const ids = parseQueueIds(words);
  const { transport, progress } = await openSession(flags, surroundings);
  await progress.during(`asking ${transport.place} to deliver`, () => runChecked(transport, flushQueue(ids)));
  const asked =
    ids.length === 0
      ? "The relay tries all deferred mail now."
      : `The relay was asked to try ${count(ids.length, "message")} now; ids that are not in its queue are passed over.`;
  surroundings.out.write(
    flags.json
      ? `${JSON.stringify({ asked: ids.length === 0 ? "all" : ids })}\n`
      : `${asked} See what is left with: smarthost relay queue\n`,
  );
  return EXIT.done;
}
