import type { QueuedMessage } from "./queued-message";

/** Which messages are asked for; all conditions have to hold. */
export interface Selection {
  /** Only those that wait for their next try. */
  deferred?: boolean;
  /** A part of the envelope sender, in any case of letters. */
  sender?: string;
  /** A part of one recipient's address, in any case of letters. */
  recipient?: string;
  /** Validated queue ids. */
  ids?: readonly string[];
}

/** The messages that were asked for, the oldest first. */
export function selectMessages(messages: readonly QueuedMessage[], selection: Selection): QueuedMessage[] {
  const { deferred = false, sender = "", recipient = "", ids } = selection;
  const has = (address: string, part: string) => address.toLowerCase().includes(part.toLowerCase());
  return messages
    .filter((message) => !deferred || message.queue_name === "deferred")
    .filter((message) => ids === undefined || ids.includes(message.queue_id))
    .filter((message) => has(message.sender, sender))
    .filter(({ recipients }) => recipient === "" || recipients.some(({ address }) => has(address, recipient)))
    .toSorted((a, b) => a.arrival_time - b.arrival_time);
}
