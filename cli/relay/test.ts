import { EXIT, type ExitCode } from "../exit-code";
import { wrongUsage } from "../problem";
import { Progress } from "../progress";
import { submit } from "../server/commands";
import type { Surroundings } from "../surroundings";
import { sendBySmtp } from "../test-message/by-smtp";
import { type Followed, follow } from "../test-message/follow";
import { composeTestMessage } from "../test-message/message";
import { outcomeOf, renderOutcome } from "../test-message/outcome";
import { runChecked } from "../transport/run-checked";
import { openSession } from "./session";
import { hasTarget, type TargetFlags } from "./target";

export interface TestFlags extends TargetFlags {
  from: string;
  to: string;
  host?: string;
  port: number;
  wait: number;
  json?: boolean;
}

/**
 * `relay test`: sends a message by SMTP with `--host`, or by sendmail on the relay, and follows it in the relay's log
 * where one of the ways there is given.
 */
export async function testRelay(flags: TestFlags, surroundings: Surroundings): Promise<ExitCode> {
  const { host, port, wait } = flags;
  const message = composeTestMessage(flags, new Date());
  if (host === undefined && !hasTarget(flags)) {
    throw wrongUsage(
      "no relay is named",
      "Send by SMTP with --host, or on the relay with one of --stack, --instance, --ssh and --local.",
    );
  }
  const session = hasTarget(flags) ? await openSession(flags, surroundings) : undefined;
  const transport = session?.transport;
  const progress = session?.progress ?? new Progress(surroundings.err);
  const followed = await progress.during(
    "sending the message",
    async (): Promise<Followed & { answer?: string }> => {
      const accepted = host === undefined ? {} : await sendBySmtp({ host, port }, message);
      if (transport === undefined) {
        return accepted;
      }
      if (host === undefined) {
        await runChecked(transport, submit(message, message.raw));
      }
      return {
        ...accepted,
        ...(await follow(transport, message, { ...accepted, waitSeconds: wait, onProgress: progress.set })),
      };
    },
  );
  const outcome = outcomeOf(followed, transport !== undefined);
  surroundings.out.write(
    flags.json
      ? `${JSON.stringify({ outcome, messageId: message.messageId, ...followed })}\n`
      : `${renderOutcome(outcome, message, followed, { out: surroundings.out, wait })}\n`,
  );
  return { delivered: EXIT.done, accepted: EXIT.done, refused: EXIT.failed, waiting: EXIT.waiting }[outcome];
}
