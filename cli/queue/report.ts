import { styleText } from "node:util";
import { plainText } from "../plain-text";
import { byteSize, count, duration } from "../quantities";
import { table } from "../table";
import type { TextStream } from "../text-stream";
import type { QueuedMessage } from "./queued-message";
import { type QueueSummary, summarize } from "./summary";

/** What `relay queue` found out. */
export interface QueueView {
  /** The messages that were asked for, the oldest first. */
  messages: QueuedMessage[];
  /** How many messages the queue has, with those that were not asked for. */
  total: number;
  /** How many of them are shown. Undefined: all. */
  limit?: number;
  /** Set where only the beginning of the queue could be had: how many messages it has. */
  cutFrom?: number;
  /** Lines of the answer that were no messages. */
  unread: number;
}

/** How many reasons the summary has. */
const TOP_REASONS = 5;
/** How many rows a message may take. */
const ROWS_OF_A_MESSAGE = 3;

/** The queue for a person. @param now milliseconds since 1970 */
export function renderQueue(view: QueueView, out: TextStream, now: number): string {
  const shown = view.messages.slice(0, view.limit);
  const hidden = view.messages.length - shown.length;
  const head = ["Queue", "ID", "Age", "Size", "Sender", "Recipient", "Reason"];
  return [
    view.messages.length === 0
      ? view.total === 0
        ? "The queue is empty."
        : `None of the queue's ${count(view.total, "message")} is among those that were asked for.`
      : table(
          head,
          shown.flatMap((message) => rowsOf(message, now)),
          out,
        ),
    ...(hidden > 0 ? [`… and ${count(hidden, "message")} more. To see more, add --limit.`] : []),
    ...(view.messages.length === 0 ? [] : ["", renderSummary(summarize(view.messages), out, now)]),
    ...warnings(view).map((line) => styleText("yellow", line, { stream: out })),
  ].join("\n");
}

/** The queue for a program: one object, with times as ISO 8601. */
export function queueJson(view: QueueView): object {
  return {
    ...summarize(view.messages),
    messages: view.messages.slice(0, view.limit).map((message) => ({
      queue: message.queue_name,
      id: message.queue_id,
      arrived: new Date(message.arrival_time * 1_000),
      bytes: message.message_size,
      sender: message.sender,
      recipients: message.recipients.map(({ address, delay_reason: reason }) => ({ address, reason })),
    })),
    count: view.messages.length,
    /** Messages of the whole queue, where not all of them could be read. */
    cutFrom: view.cutFrom,
    unreadLines: view.unread,
  };
}

/** A row for each reason, and one for what is too much. */
function rowsOf(message: QueuedMessage, now: number): string[][] {
  const byReason = new Map<string, { address: string }[]>();
  for (const recipient of message.recipients) {
    const reason = recipient.delay_reason ?? "";
    byReason.set(reason, [...(byReason.get(reason) ?? []), recipient]);
  }
  const rows = [...byReason].map(([reason, recipients]) => [
    message.queue_name,
    message.queue_id,
    duration(now / 1_000 - message.arrival_time),
    byteSize(message.message_size),
    plainText(message.sender),
    plainText(recipients[0]?.address ?? "") + (recipients.length > 1 ? ` +${recipients.length - 1}` : ""),
    plainText(reason),
  ]);
  const left = rows.length - ROWS_OF_A_MESSAGE;
  return left <= 0
    ? rows
    : [...rows.slice(0, ROWS_OF_A_MESSAGE), ["", "", "", "", "", `+${count(left, "reason")}`, ""]];
}

function renderSummary(
  { queues, bytes, oldest, reasons }: QueueSummary,
  out: TextStream,
  now: number,
): string {
  const total = Object.values(queues).reduce((sum, each) => sum + each, 0);
  const parts = Object.entries(queues).map(([queue, number]) => `${number} ${queue}`);
  const age =
    oldest && `; the oldest is ${oldest.id}, ${duration((now - oldest.arrived.getTime()) / 1_000)} old`;
  const totals = `${count(total, "message")}, ${byteSize(bytes)}: ${parts.join(", ")}${age ?? ""}.`;
  if (reasons.length === 0) {
    return totals;
  }
  const rows = reasons
    .slice(0, TOP_REASONS)
    .map(({ reason, recipients }) => [String(recipients), plainText(reason)]);
  const rest = reasons.length - rows.length;
  return [
    totals,
    "",
    table(["Recipients", "wait because"], rows, out),
    ...(rest > 0 ? [`… and ${count(rest, "other reason")}.`] : []),
  ].join("\n");
}

function warnings({ messages, cutFrom, unread }: QueueView): string[] {
  return [
    ...(cutFrom === undefined
      ? []
      : [
          `Not the whole queue: it has ${count(cutFrom, "message")}, and not all could be fetched; what is said here is of the first ones only. For the whole, run the command on the relay with --local, or by --ssh.`,
        ]),
    ...(unread === 0
      ? []
      : [`${count(unread, "line")} of the relay's answer could not be read; ${messages.length} could.`]),
  ];
}
