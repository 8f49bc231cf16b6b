import { z } from "zod";
import { QUEUE_ID } from "../server/queue-id";

/** A message of `postqueue -j` (postqueue(1), "JSON OBJECT FORMAT"); fields that are not named are dropped. */
const QUEUED_MESSAGE = z.object({
  /** The queues that showq(8) lists. */
  queue_name: z.enum(["maildrop", "incoming", "active", "deferred", "hold"]),
  queue_id: z.string().regex(QUEUE_ID),
  /** Seconds since 1970, by the server's clock. */
  arrival_time: z.number(),
  /** Bytes, headers included. */
  message_size: z.number(),
  /** The envelope sender; `MAILER-DAEMON` stands for none. */
  sender: z.string(),
  recipients: z.array(z.object({ address: z.string(), delay_reason: z.string().optional() })),
});

export type QueuedMessage = z.infer<typeof QUEUED_MESSAGE>;

/** What was read, and the lines that are no messages. */
export interface ParsedQueue {
  messages: QueuedMessage[];
  unread: string[];
}

/** Reads the answer of `postqueue -j`, line by line: one line that is wrong does not hide the others. */
export function parseQueue(output: string): ParsedQueue {
  const parsed: ParsedQueue = { messages: [], unread: [] };
  for (const line of output.split("\n").filter((each) => each.trim() !== "")) {
    const message = parseLine(line);
    if (message === undefined) {
      parsed.unread.push(line);
    } else {
      parsed.messages.push(message);
    }
  }
  return parsed;
}

function parseLine(line: string): QueuedMessage | undefined {
  try {
    return QUEUED_MESSAGE.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
