import { EXIT, type ExitCode } from "./exit-code";

/** Something that stops the command and that its user can mend: what is wrong, why, and the next action. */
export class Problem extends Error {
  /**
   * @param message what is wrong, with the option and its value, as a sentence without a full stop
   * @param next what to do, as a sentence
   */
  constructor(
    message: string,
    readonly next: string,
    readonly exitCode: ExitCode = EXIT.failed,
  ) {
    super(message);
    this.name = "Problem";
  }
}

/** A fault in the command line, found before any server was asked. */
export function wrongUsage(message: string, next: string): Problem {
  return new Problem(message, next, EXIT.usage);
}
