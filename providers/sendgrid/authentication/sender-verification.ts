import type { EngineLog } from "../../kit";
import type { Asking } from "../api/collection";
import { pause } from "../api/pause";
import { existingSender, type Sender } from "./sender";

/** Waits until somebody has followed the link in SendGrid's mail. @throws Error that says what to do when time is up */
export async function untilVerified(
  operation: Asking & { log: EngineLog },
  { id, fromEmail }: Sender,
  seconds: number,
): Promise<void> {
  const { log, session, signal } = operation;
  const { pollMs, longestPollMs } = session.patience;
  const start = Date.now();
  const end = start + seconds * 1000;
  for (let wait = pollMs; ; wait = Math.min(wait * 1.5, longestPollMs)) {
    if ((await existingSender(operation, id)).verified) return;
    if (Date.now() >= end)
      throw new Error(
        `${fromEmail} is not verified after ${seconds} seconds. Follow the link in SendGrid's mail to it, then run ` +
          "the same command again. Where the mail is lost, or older than 48 hours, change resend: it is sent again.",
      );
    const time = `${Math.round((Date.now() - start) / 1000)} of ${seconds} s`;
    log.progress(`waiting until somebody follows the link in SendGrid's mail to ${fromEmail} (${time})`);
    await pause(Math.min(wait, Math.max(end - Date.now(), 0)), signal);
  }
}
