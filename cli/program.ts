import { Command, InvalidArgumentError, Option } from "commander";
import { addDoctor } from "./doctor/command-line";
import type { ExitCode } from "./exit-code";
import { flush } from "./relay/flush";
import { showQueue } from "./relay/queue";
import { supervise } from "./relay/supervise";
import { withTarget } from "./relay/target";
import { testRelay } from "./relay/test";
import { addReport } from "./report/command-line";
import type { QueueAction } from "./server/commands";
import type { Surroundings } from "./surroundings";
import { parsePort } from "./test-message/by-smtp";

const EXIT_CODES = `
Exit codes: 0 done; 1 failed; 2 wrong usage; 3 done, and mail waits (queue --check, test).`;

/** The command line. @param onExit receives the exit code of the command that ran */
export function createProgram(surroundings: Surroundings, onExit: (code: ExitCode) => void): Command {
  const program = new Command("smarthost").description("Operates what the smarthost module has set up.");
  const relay = program
    .command("relay")
    .description("The mail relay: its queue, and a test of the way to the smart host.")
    .addHelpText("after", EXIT_CODES);

  relay
    .command("queue")
    .description("Shows the mail that is in the queue, and why it waits.")
    .option("--deferred", "only mail that waits for its next try")
    .option("--sender <text>", "only mail with this in its envelope sender")
    .option("--recipient <text>", "only mail with this in a recipient's address")
    .option("--id <id...>", "only these messages")
    .option(
      "--limit <number>",
      "the most messages that are shown (default: 50; all with --json)",
      wholeNumber,
    )
    .option("--check", "exit with 3 if mail is deferred, for monitoring")
    .addOption(json())
    .action(async (flags) => onExit(await showQueue(flags, surroundings)));

  relay
    .command("flush")
    .description("Tries deferred mail now.")
    .argument("[ids...]", "queue ids (default: all deferred mail)")
    .addOption(json())
    .action(async (ids: string[], flags) => onExit(await flush(ids, flags, surroundings)));

  const actions: [QueueAction, string][] = [
    ["hold", "Keeps mail in the queue and does not deliver it until it is released."],
    ["release", "Lets mail go that is on hold."],
    ["requeue", "Takes mail into the queue anew, under the present settings."],
    ["delete", "Deletes mail from the queue, for ever and without a notice."],
  ];
  for (const [action, description] of actions) {
    const command = relay
      .command(action)
      .description(description)
      .argument("[ids...]", "queue ids")
      .addOption(json());
    // Deleting everything would be one slip away.
    if (action === "delete") {
      command.option("-y, --yes", "do not ask");
    } else {
      command.option("--all", "all mail");
    }
    command.action(async (ids: string[], flags) => onExit(await supervise(action, ids, flags, surroundings)));
  }

  relay
    .command("test")
    .description("Sends a test message through the relay, and follows it to the smart host's answer.")
    .requiredOption("--from <address>", "the sender, which the smart host has to accept")
    .requiredOption("--to <address>", "the recipient")
    .option(
      "--host <host>",
      "send by SMTP to this relay, as its clients do (default: by sendmail, on the relay)",
    )
    .option("--port <port>", "the port for --host", parsePort, 587)
    .option("--wait <seconds>", "how long it is followed", wholeNumber, 60)
    .addOption(json())
    .action(async (flags) => onExit(await testRelay(flags, surroundings)));

  relay.commands.forEach(withTarget);
  addDoctor(program, surroundings, onExit);
  addReport(program, surroundings, onExit);
  return program;
}

function json(): Option {
  return new Option("-j, --json", "print one JSON object; progress goes to stderr");
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw new InvalidArgumentError("Give a whole number.");
  }
  return Number(text);
}
