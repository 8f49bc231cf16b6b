import { plainText } from "../plain-text";
import { Problem } from "../problem";
import { submit } from "../server/commands";
import { sendBySmtp } from "../test-message/by-smtp";
import { follow } from "../test-message/follow";
import { composeTestMessage } from "../test-message/message";
import { type Outcome, outcomeOf } from "../test-message/outcome";
import { runChecked } from "../transport/run-checked";
import { type Check, type CheckResult, type DoctorWorld, type Finding, resultOf, skipped } from "./check";
import type { Subject } from "./subject";

/** How long the message is followed to the smart host's answer, in seconds. */
const WAIT_SECONDS = 60;

/**
 * Sends a message through the relay where `--send-to` asks for it: by sendmail on the relay where the command line names a
 * way there, which follows it to the smart host's answer; otherwise by SMTP from here.
 */
export const testMessage: Check = {
  name: "test-message",
  title: "Test message",
  async run(subject, world): Promise<CheckResult> {
    const { sendTo: to, sendFrom } = world.message ?? {};
    if (to === undefined) {
      return skipped("not asked for: `--send-to ADDRESS` sends one through the relay");
    }
    const [domain] = subject.domains;
    // RFC 5321 section 4.5.1: every domain has a postmaster, who gets the notice if it is not delivered.
    const from = sendFrom ?? (domain && `postmaster@${domain.domain}`);
    if (from === undefined) {
      return skipped("the stack declares no domain to send from: give --send-from");
    }
    try {
      return await send({ from, to }, subject, world);
    } catch (error) {
      if (!(error instanceof Problem)) {
        throw error;
      }
      const finding: Finding = {
        severity: "error",
        path: to,
        message: error.message.replace(/\.$/, ""),
        next: error.next,
      };
      return resultOf([finding], "not sent");
    }
  },
};

async function send(
  addresses: { from: string; to: string },
  { relays }: Subject,
  { transport: open, now }: DoctorWorld,
): Promise<CheckResult> {
  const message = composeTestMessage(addresses, now());
  if (open !== undefined) {
    const transport = await open();
    await runChecked(transport, submit(message, message.raw));
    const followed = await follow(transport, message, { waitSeconds: WAIT_SECONDS, onProgress: () => {} });
    const outcome = outcomeOf(followed, true);
    const answer = plainText(followed.delivery?.answer ?? "there was no delivery yet");
    return resultOf([outcomeFinding(outcome, addresses.to, answer)], `${message.messageId}: ${outcome}`);
  }
  const host = relays.find((relay) => relay.host !== undefined)?.host;
  if (host === undefined) {
    return skipped("the relay is not made yet; bring the stack up first");
  }
  const { answer } = await sendBySmtp({ host, port: 587 }, message);
  return resultOf(
    [outcomeFinding("accepted", addresses.to, answer)],
    `${message.messageId}: taken by the relay`,
  );
}

function outcomeFinding(outcome: Outcome, to: string, answer: string): Finding {
  const look =
    'Save it where it arrived, with all headers ("Show original", Download), and run `smarthost doctor --message FILE`.';
  switch (outcome) {
    case "delivered":
      return { severity: "info", path: to, message: `the smart host took it: ${answer}`, next: look };
    case "accepted":
      return { severity: "info", path: to, message: `the relay took it: ${answer}`, next: look };
    case "refused":
      return {
        severity: "error",
        path: to,
        message: `the smart host refused it for good: ${answer}`,
        next: "The answer is the smart host's; docs/relay.md has the most frequent ones.",
      };
    case "waiting":
      return {
        severity: "warning",
        path: to,
        message: `it waits on the relay: ${answer}`,
        next: "See why with `smarthost relay queue`.",
      };
  }
}
