import { EXIT, type ExitCode } from "../exit-code";
import { parseQueue } from "../queue/queued-message";
import { type QueueView, queueJson, renderQueue } from "../queue/report";
import { selectMessages } from "../queue/selection";
import { listQueue } from "../server/commands";
import { parseQueueIds } from "../server/queue-id";
import type { Surroundings } from "../surroundings";
import { runChecked } from "../transport/run-checked";
import { openSession } from "./session";
import type { TargetFlags } from "./target";

export interface QueueFlags extends TargetFlags {
  deferred?: boolean;
  sender?: string;
  recipient?: string;
  id?: string[];
  limit?: number;
  check?: boolean;
  json?: boolean;
}

/** Without `--limit`, a table ends here, so that it fits a terminal; JSON has all. */
const TABLE_LIMIT = 50;

/** `relay queue`: shows the queue. With `--check` it ends with 3 where mail is deferred, or where that is unknown. */
export async function showQueue(flags: QueueFlags, surroundings: Surroundings): Promise<ExitCode> {
  const ids = flags.id === undefined ? undefined : parseQueueIds(flags.id);
  const { transport, progress } = await openSession(flags, surroundings);
  const ran = await progress.during(`asking ${transport.place} for its queue`, () =>
    runChecked(transport, listQueue()),
  );
  const { messages, unread } = parseQueue(ran.stdout);
  const view: QueueView = {
    messages: selectMessages(messages, { ...flags, ids }),
    total: messages.length,
    limit: flags.limit ?? (flags.json ? undefined : TABLE_LIMIT),
    cutFrom: ran.cutFrom?.lines,
    unread: unread.length,
  };
  const text = flags.json ? JSON.stringify(queueJson(view)) : renderQueue(view, surroundings.out, Date.now());
  surroundings.out.write(`${text}\n`);
  const waits = view.messages.some(({ queue_name: queue }) => queue === "deferred");
  const unknown = view.cutFrom !== undefined || unread.length > 0;
  return flags.check && (waits || unknown) ? EXIT.waiting : EXIT.done;
}
