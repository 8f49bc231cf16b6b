import { plainText } from "../../plain-text";
import { count, duration } from "../../quantities";
import { parseQueue } from "../../queue/queued-message";
import { summarize } from "../../queue/summary";
import type { Finding } from "../check";

/** Reasons that a finding names; `relay queue` has all. */
const TOP_REASONS = 2;

/**
 * What the relay's queue says: mail that waits for another try, and mail on hold.
 *
 * @param output of `postqueue -j` @param cutFrom messages of the whole queue, where the output has only the first ones
 */
export function queueFindings(output: string, cutFrom: number | undefined, now: Date): Finding[] {
  const { messages } = parseQueue(output);
  const deferred = messages.filter(({ queue_name: queue }) => queue === "deferred");
  const held = messages.filter(({ queue_name: queue }) => queue === "hold");
  const { oldest, reasons } = summarize(deferred);
  const age = oldest ? duration((now.getTime() - oldest.arrived.getTime()) / 1_000) : "";
  const told = reasons.slice(0, TOP_REASONS).map(({ reason }) => plainText(reason));
  const more = reasons.length > told.length ? ["and others"] : [];
  const because = told.length > 0 ? `: ${[...told, ...more].join("; ")}` : "";
  const some = cutFrom === undefined ? "" : "at least ";
  return [
    ...(deferred.length > 0
      ? [
          {
            severity: "warning" as const,
            path: "relay's queue",
            message: `${some}${count(deferred.length, "message")} wait${deferred.length === 1 ? "s" : ""} for another try, the oldest for ${age}${because}`,
            next: "See them with `smarthost relay queue --deferred`; once the reason is mended, `smarthost relay flush` tries them at once.",
          },
        ]
      : []),
    ...(held.length > 0
      ? [
          {
            severity: "info" as const,
            path: "relay's queue",
            message: `${some}${count(held.length, "message")} ${held.length === 1 ? "is" : "are"} on hold, and not delivered until released`,
            next: "Let them go with `smarthost relay release` when they should.",
          },
        ]
      : []),
  ];
}

/** Such as `its queue is empty`. */
export function queueSummary(output: string, cutFrom: number | undefined): string {
  const number = cutFrom ?? parseQueue(output).messages.length;
  return number === 0 ? "its queue is empty" : `its queue has ${count(number, "message")}`;
}
