import type { EngineLog } from "../../kit";
import type { Asking } from "../api/collection";
import { poll } from "../api/poll";
import { existingSender, type Sender } from "./sender";

/** Waits until somebody has followed the link in SendGrid's mail. @throws Error that says what to do when time is up */
export async function untilVerified(
  operation: Asking & { log: EngineLog },
  { id, fromEmail }: Sender,
  seconds: number,
): Promise<void> {
  await poll(operation, seconds, async (clock) => {
    if ((await existingSender(operation, id)).verified) return true;
    if (clock.isOver())
      throw new Error(
        `${fromEmail} is not verified after ${seconds} seconds. Follow the link in SendGrid's mail to it, then run ` +
          "the same command again. Where the mail is lost, or older than 48 hours, change resend: it is sent again.",
      );
    operation.log.progress(
      `waiting until somebody follows the link in SendGrid's mail to ${fromEmail} (${clock.elapsed()})`,
    );
    return undefined;
  });
}
