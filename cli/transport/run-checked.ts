import { plainText } from "../plain-text";
import { Problem } from "../problem";
import type { ServerCommand } from "../server/command";
import type { Ran, Transport } from "./transport";

/** What a program's complaint means for the operator. */
const ADVICE: [complaint: RegExp, next: string][] = [
  [/sudo: /, "Let the user run it by sudo without a password, or sign in as root."],
  [/superuser|not permitted|permission denied/i, "Run it as root, for example with sudo before the command."],
  [
    /not found|no such file/i,
    "Check that it is the relay: Postfix is not installed there, or not yet. Look at journalctl -u smarthost-setup.",
  ],
  [/mail system is (down|not running)/i, "Start Postfix: sudo systemctl start postfix"],
];

/** Runs a command that is expected to succeed; @throws Problem with the program's own words and the next action. */
export async function runChecked(transport: Transport, command: ServerCommand): Promise<Ran> {
  return succeeded(await transport.run(command), command.program, transport);
}

/** The same answer where its exit code is 0; @throws Problem as {@link runChecked} does */
export function succeeded(ran: Ran, program: string, { place }: Transport): Ran {
  if (ran.exitCode === 0) {
    return ran;
  }
  const words = ran.stderr.trim().split("\n").slice(-5).map(plainText).join("\n  ");
  const [, next] = ADVICE.find(([complaint]) => complaint.test(ran.stderr)) ?? [];
  throw new Problem(
    `${program} failed on ${place} (exit ${ran.exitCode})${words && `:\n  ${words}`}`,
    next ?? "Look at the relay's log: sudo journalctl -t postfix/master -t postfix/postfix-script",
  );
}
