import type { ServerCommand } from "../server/command";

/** What a command on the server came to. */
export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Set where only the beginning of `stdout` could be had: how many lines there were in all. */
  cutFrom?: { lines: number };
}

/** A way to run commands on a relay. */
export interface Transport {
  /** Where the commands run, for messages: `this server`, `i-… by AWS Systems Manager`. */
  readonly place: string;
  /**
   * Runs a command to its end. A command that fails is an answer, with its exit code.
   *
   * @throws Problem where the server could not be reached or asked
   */
  run(command: ServerCommand): Promise<Ran>;
}
