import { type Command, Option } from "commander";
import type { ExitCode } from "../exit-code";
import type { Surroundings } from "../surroundings";
import { CHECK_NAMES } from "./check-names";
import type { DoctorFlags } from "./command";

const AFTER = `
Checks: ${CHECK_NAMES.join(", ")}.
SendGrid is asked with the key in SENDGRID_API_KEY, which needs whitelabel.read and api_keys.read; nothing is changed.
Exit codes: 0 all green; 1 errors, or it could not be done; 2 wrong usage; 3 warnings, and no error.`;

/** Options that may be given several times, and with commas. */
const LISTS = /^--(only|skip|dns-server) /;

function collect(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(",").map((each) => each.trim())];
}

/** Adds `doctor` to the command line. */
export function addDoctor(
  program: Command,
  surroundings: Surroundings,
  onExit: (code: ExitCode) => void,
): void {
  const stackGroup = "What is looked at:";
  const dnsGroup = "Who is asked:";
  const relayGroup = "The way to the relay, for its queue (one of these):";
  const messageGroup = "A message on request:";
  const options: [flags: string, description: string, group: string][] = [
    ["-C, --cwd <folder>", "the folder of the Pulumi project", stackGroup],
    [
      "--state <file>",
      "a state that `pulumi stack export` wrote, in place of asking the Pulumi CLI",
      stackGroup,
    ],
    [
      "--preview <file>",
      "a preview that `pulumi preview --json --show-sames` wrote, before the first up",
      stackGroup,
    ],
    ["--only <checks>", "only these, separated by commas", stackGroup],
    ["--skip <checks>", "all but these, separated by commas", stackGroup],
    [
      "--dns-server <addresses>",
      "resolvers, separated by commas, each with a port if it is not 53, or system (default: system,9.9.9.9,8.8.8.8)",
      dnsGroup,
    ],
    ["--no-authoritative", "do not ask the zones' own name servers", dnsGroup],
    ["-i, --instance <id>", "an EC2 instance, by AWS Systems Manager", relayGroup],
    ["--ssh <destination>", "user@host or ssh://user@host:port, by the system's ssh", relayGroup],
    ["--local", "this very server", relayGroup],
    ["--region <region>", "AWS's region, with --instance", relayGroup],
    ["--ssh-config <file>", "a configuration file, with --ssh", relayGroup],
    [
      "--message <file>",
      "a message as its receiver stored it, with all headers; - for standard input",
      messageGroup,
    ],
    ["--authserv-id <id>", "whose Authentication-Results are believed (default: the topmost)", messageGroup],
    ["--send-to <address>", "send a test message there through the relay", messageGroup],
    ["--send-from <address>", "its sender, an address of the stack's domain", messageGroup],
  ];
  const command = program
    .command("doctor")
    .description(
      "Looks at a stack's mail as the world sees it: DNS, SendGrid, the smart host, the relay. Changes nothing.",
    )
    .argument("[stack]", "the Pulumi stack (default: the selected one)")
    .addHelpText("after", AFTER);
  for (const [flags, description, group] of options) {
    const option = new Option(flags, description).helpGroup(group);
    command.addOption(LISTS.test(flags) ? option.argParser(collect) : option);
  }
  command
    .addOption(new Option("-j, --json", "print one JSON object; progress goes to stderr"))
    .action(async (stack: string | undefined, flags: DoctorFlags) => {
      // Loaded when it is needed: the checks take longer to load than the other commands do altogether.
      const { doctor } = await import("./command");
      onExit(await doctor(stack, flags, surroundings));
    });
}
