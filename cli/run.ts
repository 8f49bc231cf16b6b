import { styleText } from "node:util";
import { type Command, CommanderError } from "commander";
import { EXIT, type ExitCode } from "./exit-code";
import { Problem } from "./problem";
import { createProgram } from "./program";
import type { Surroundings } from "./surroundings";

/** Runs the command line to its end. Never throws; errors go to standard error. @param argv without program names */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { out, err } = surroundings;
  let code: ExitCode = EXIT.done;
  const program = createProgram(surroundings, (given) => {
    code = given;
  });
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      getOutHelpWidth: () => out.columns ?? 100,
      getErrHelpWidth: () => err.columns ?? 100,
    });
    command
      .showSuggestionAfterError()
      .showHelpAfterError(`Next: \`${fullName(command)} --help\` says what it takes.`);
  }
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has spoken already. Help that was asked for is no mistake.
      return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    }
    const message = error instanceof Error ? error.message : String(error);
    err.write(`${styleText("red", "error:", { stream: err })} ${message}\n`);
    if (error instanceof Problem) {
      err.write(`Next: ${error.next}\n`);
      return error.exitCode;
    }
    return EXIT.failed;
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Such as `smarthost relay queue`. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
