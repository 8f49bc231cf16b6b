import { type Command, InvalidArgumentError, Option } from "commander";
import type { ExitCode } from "../exit-code";
import type { Surroundings } from "../surroundings";
import { FAIL_ON, FORMATS, type ReportFlags } from "./flags";

const AFTER = `
The preview is what \`pulumi preview --json --show-sames\` writes. Secrets and what is not known yet are said to be so.
Exit codes: 0 done, and nothing is as grave as --fail-on says; 1 there are errors, or it could not be done; 2 wrong usage;
3 no errors, and what --fail-on counts.`;

/** Adds `report` to the command line. */
export function addReport(
  program: Command,
  surroundings: Surroundings,
  onExit: (code: ExitCode) => void,
): void {
  const previewGroup = "Which preview (a file, or a stack):";
  const outputGroup = "What becomes of the report:";
  program
    .command("report")
    .description("Says what a Pulumi preview means for mail: records, keys, the relay's queue, costs.")
    .argument("[file]", "a preview as JSON; - for standard input")
    .addHelpText("after", AFTER)
    .addOption(
      new Option("-s, --stack <name>", "preview this stack now, by the Pulumi CLI on PATH").helpGroup(
        previewGroup,
      ),
    )
    .addOption(
      new Option("-C, --cwd <folder>", "the folder of the Pulumi project, with --stack").helpGroup(
        previewGroup,
      ),
    )
    .addOption(
      new Option(
        "--dns-server <address>",
        "who is asked what SPF records include, with a port if it is not 53; or none (default: the machine's own)",
      ).helpGroup(previewGroup),
    )
    .addOption(
      new Option("--dns-timeout <seconds>", "the most that all questions to DNS may take together")
        .argParser(positiveSeconds)
        .default(1.5)
        .helpGroup(previewGroup),
    )
    .addOption(
      new Option("--format <format>", "how it is written")
        .choices(FORMATS)
        .default("text")
        .helpGroup(outputGroup),
    )
    .addOption(new Option("-j, --json", "short for --format json").helpGroup(outputGroup))
    .addOption(
      new Option("--fail-on <severity>", "the least finding with which the command fails")
        .choices(FAIL_ON)
        .default("error")
        .helpGroup(outputGroup),
    )
    .addOption(
      new Option(
        "--comment",
        "write it into the pull request too, by GITHUB_TOKEN, as a comment that is updated the next time",
      ).helpGroup(outputGroup),
    )
    .addOption(
      new Option("--pull-request <number>", "the pull request (default: that of the workflow's event)")
        .argParser(positiveNumber)
        .helpGroup(outputGroup),
    )
    .action(async (file: string | undefined, flags: ReportFlags) => {
      // Loaded when it is needed, like the doctor: the other commands start without it.
      const { report } = await import("./command");
      onExit(await report(file, flags, surroundings));
    });
}

function positiveSeconds(text: string): number {
  if (!/^\d{1,4}(\.\d+)?$/.test(text) || Number(text) === 0) {
    throw new InvalidArgumentError("Give seconds, such as 5.");
  }
  return Number(text);
}

function positiveNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError("Give a number, such as 17.");
  }
  return Number(text);
}
