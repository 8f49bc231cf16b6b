import type { QueuedMessage } from "./queued-message";

/** The queue in numbers. */
export interface QueueSummary {
  /** Messages by queue, such as `{ deferred: 3 }`. */
  queues: Record<string, number>;
  /** Bytes of all messages. */
  bytes: number;
  oldest?: { id: string; queue: string; arrived: Date };
  /** Why recipients wait, the most frequent reason first. */
  reasons: { reason: string; recipients: number }[];
}

/** Counts messages and groups the reasons of their recipients. */
export function summarize(messages: readonly QueuedMessage[]): QueueSummary {
  const queues: Record<string, number> = {};
  const reasons = new Map<string, number>();
  let bytes = 0;
  let oldest: QueuedMessage | undefined;
  for (const message of messages) {
    queues[message.queue_name] = (queues[message.queue_name] ?? 0) + 1;
    bytes += message.message_size;
    if (oldest === undefined || message.arrival_time < oldest.arrival_time) {
      oldest = message;
    }
    for (const { delay_reason: reason } of message.recipients) {
      if (reason !== undefined) {
        const group = reasonGroup(reason);
        reasons.set(group, (reasons.get(group) ?? 0) + 1);
      }
    }
  }
  return {
    queues,
    bytes,
    ...(oldest && {
      oldest: {
        id: oldest.queue_id,
        queue: oldest.queue_name,
        arrived: new Date(oldest.arrival_time * 1_000),
      },
    }),
    reasons: [...reasons]
      .map(([reason, recipients]) => ({ reason, recipients }))
      .toSorted((a, b) => b.recipients - a.recipients || a.reason.localeCompare(b.reason)),
  };
}

/**
 * A reason without what differs from message to message, so that equal ones meet: IP addresses, mail addresses, and
 * words of eight or more letters and digits with a digit among them, such as the smart host's own ids.
 */
export function reasonGroup(reason: string): string {
  return reason
    .replace(/\[[0-9a-f.:]+\]/gi, "[…]")
    .replace(/<[^<>]*@[^<>]*>/g, "<…>")
    .replace(/(?<![\w.-])(?=[\w-]*\d)[A-Za-z0-9_-]{8,}(?![\w.])/g, "…");
}
