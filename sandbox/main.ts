import { Command, Option } from "commander";
import { execute } from "./exec";
import { IDENTITIES } from "./identities";
import { runInside, type SandboxOptions } from "./inside";
import { currentNetwork } from "./machine/network";
import { runOutside } from "./outside";

/** What can be broken on purpose. */
const FAULTS = ["validation", "smart-host"] as const;

const program = new Command("npm run sandbox --")
  .enablePositionalOptions()
  .description(
    "Runs the stack against a cloud account on this machine, and sends a message through the server it makes.",
  )
  .addOption(
    new Option("--debian <release>", "Debian release of the relay").choices(["13", "12"]).default("13"),
  )
  .addOption(
    new Option(
      "--identity <kind>",
      "automatic or manual security, eu: a subuser in the EU, workspace: beside Google Workspace, whose SPF is merged",
    )
      .choices(IDENTITIES)
      .default("automatic"),
  )
  .addOption(new Option("--fail-at <stage>", "break something on purpose, and mend it").choices(FAULTS))
  .option("--rotate-key", "rotate the relay's API key while an application sends; takes half a minute")
  .option("--keep", "stay up at the end, and print how to look around")
  .option("--json", "print the report as JSON; progress goes to stderr")
  .action(
    async (flags: {
      debian: string;
      identity: SandboxOptions["identity"];
      failAt?: SandboxOptions["failAt"];
      rotateKey?: boolean;
      keep?: boolean;
      json?: boolean;
    }) => {
      const options: SandboxOptions = {
        debian: flags.debian === "12" ? 12 : 13,
        identity: flags.identity,
        failAt: flags.failAt,
        rotate: flags.rotateKey ?? false,
        keep: flags.keep ?? false,
        json: flags.json ?? false,
      };
      process.exitCode = currentNetwork() ? await runInside(options) : await runOutside(options);
    },
  );

program
  .command("exec")
  .description("Runs a command, such as `pulumi preview`, with the emulated account in its environment.")
  .argument("<command...>")
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (command: string[]) => {
    process.exitCode = await execute(command);
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
