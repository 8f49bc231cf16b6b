import { z } from "zod";
import { itemOf } from "./ledger";

/** A message in a relay's queue. */
export interface QueuedMessage {
  /** The queue, such as `deferred`, and the queue id. */
  file: string;
  /** Message-ID with angle brackets; empty when it has none. */
  id: string;
  /** Recipients that have not got it yet. */
  to: string[];
}

/**
 * So long may postcat take: one that reads a file that is being written reads it again and again (seen with 3.7 of
 * Debian 12).
 */
const PRINT = "timeout 10 postcat -eh";
/**
 * Fifty files at a time; one that leaves meanwhile ends postcat, so the fifty are then read one by one. Without those that
 * are gone: postcat sleeps for a second before it says so.
 */
const PRINT_BATCH = `${PRINT} "$@" 2>/dev/null || for file; do [ ! -e "$file" ] || ${PRINT} "$file" 2>/dev/null; done; true`;

/**
 * Prints envelope and header of every message in the queue, for {@link parseQueue}; some of them twice. A file of another
 * mode than 700 is no message: cleanup(8) was killed before it had written and accepted it, and it stays for a week
 * (mail_queue.h, MAIL_QUEUE_STAT_READY; postsuper(1), -p).
 */
export const PRINT_QUEUE = [
  "sh",
  "-c",
  "cd /var/spool/postfix && find incoming active deferred hold maildrop -type f -perm -700 | " +
    'xargs -r -n 50 sh -c "$1" sh',
  "sh",
  PRINT_BATCH,
];

/** Reads what {@link PRINT_QUEUE} printed (postcat(1)). */
export function parseQueue(printed: string): QueuedMessage[] {
  const messages = new Map<string, QueuedMessage>();
  let current: QueuedMessage | undefined;
  for (const line of printed.split("\n")) {
    const file = /^\*\*\* ENVELOPE RECORDS (\S+) \*\*\*$/.exec(line)?.[1];
    if (file !== undefined) {
      current = { file, id: "", to: [] };
      messages.set(file.slice(file.lastIndexOf("/") + 1), current);
      continue;
    }
    const recipient = /^recipient: (.+)$/.exec(line)?.[1];
    if (recipient !== undefined) current?.to.push(recipient);
    const id = /^Message-ID: *(<[^>]*>)/i.exec(line)?.[1];
    if (id !== undefined && current?.id === "") current.id = id;
  }
  return [...messages.values()];
}

/** The items of a queue, for the ledger. */
export function queuedItems(messages: readonly QueuedMessage[]): string[] {
  return messages.flatMap(({ id, to }) => to.map((recipient) => itemOf(id, recipient)));
}

/** A line of `postqueue -j`, as far as it is read here (postqueue(1)). */
const QUEUE_LINE = z.object({ recipients: z.array(z.object({ delay_reason: z.string().optional() })) });

/** The reasons for delay in the output of `postqueue -j`, each once. */
export function parseReasons(printed: string): string[] {
  const reasons = printed
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => QUEUE_LINE.parse(JSON.parse(line)).recipients)
    .flatMap(({ delay_reason: reason }) => reason ?? []);
  return [...new Set(reasons)];
}
