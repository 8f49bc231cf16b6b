import { execa } from "execa";
import { Problem } from "../problem";
import { argumentsOf, type Locate, onDebian, type ServerCommand } from "../server/command";
import type { Ran, Transport } from "./transport";

/** The most that a command's output may have: a queue of about a million messages. */
export const LARGEST_OUTPUT = 400_000_000;

/** Runs the commands on this very machine, as the user who runs it. */
export class LocalTransport implements Transport {
  readonly place = "this server";

  /** @param env what is added to the environment, such as MAIL_CONFIG for another instance of Postfix */
  constructor(
    private readonly locate: Locate = onDebian,
    private readonly env: Record<string, string> = {},
  ) {}

  async run(command: ServerCommand): Promise<Ran> {
    const { words, input } = argumentsOf(command, this.locate);
    const [program = "", ...args] = words;
    const ran = await execa(program, args, {
      input,
      env: this.env,
      reject: false,
      maxBuffer: LARGEST_OUTPUT,
      stripFinalNewline: false,
    });
    if (ran.exitCode === undefined) {
      throw new Problem(
        `${program} could not be run on this server: ${ran.originalMessage}`,
        "Use --local on the relay only; from elsewhere use --instance, --ssh or --stack.",
      );
    }
    return { exitCode: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr };
  }
}
