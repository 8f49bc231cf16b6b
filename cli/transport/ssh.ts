import { execa } from "execa";
import { plainText } from "../plain-text";
import { Problem, wrongUsage } from "../problem";
import { argumentsOf, type Locate, onDebian, type ServerCommand } from "../server/command";
import { LARGEST_OUTPUT } from "./local";
import type { Ran, Transport } from "./transport";

/** `host`, `user@host` or `ssh://user@host:port`, as ssh(1) takes it; nothing that ssh could take for an option. */
const DESTINATION = /^(?:ssh:\/\/)?(?:([\w.][\w.-]*)@)?[\w[][\w.:[\]-]*$/;

/** With this code ssh(1) says that it failed itself. */
const SSH_FAILED = 255;

export interface SshOptions {
  destination: string;
  /** The file that ssh reads instead of the user's own configuration. */
  config?: string;
}

/** Runs the commands by the system's ssh client, which knows the user's keys and hosts; by sudo unless as root. */
export class SshTransport implements Transport {
  readonly place: string;
  readonly #options: string[];
  readonly #prefix: string[];

  /** @throws Problem for a destination that is none */
  constructor(
    private readonly ssh: SshOptions,
    private readonly locate: Locate = onDebian,
  ) {
    const parsed = DESTINATION.exec(ssh.destination);
    if (parsed === null) {
      throw wrongUsage(
        `--ssh: ${JSON.stringify(ssh.destination)} is no destination of ssh`,
        "Write it as user@host or as ssh://user@host:port.",
      );
    }
    this.place = `${ssh.destination} by SSH`;
    this.#prefix = parsed[1] === "root" ? [] : ["sudo", "-n"];
    this.#options = [
      // Questions would be asked for each command: keys belong into ssh-agent, and hosts into known_hosts.
      ...["-o", "BatchMode=yes", "-o", "ConnectTimeout=15", "-T", "-C"],
      ...(ssh.config === undefined ? [] : ["-F", ssh.config]),
    ];
  }

  async run(command: ServerCommand): Promise<Ran> {
    const { words, input } = argumentsOf(command, this.locate);
    const args = [...this.#options, "--", this.ssh.destination, ...this.#prefix, ...words];
    const ran = await execa("ssh", args, {
      input,
      reject: false,
      maxBuffer: LARGEST_OUTPUT,
      stripFinalNewline: false,
    });
    if (ran.exitCode === undefined || ran.exitCode === SSH_FAILED) {
      const words = plainText(ran.stderr?.trim().split("\n").at(-1) || (ran.originalMessage ?? ""));
      throw new Problem(
        `--ssh: ${this.place} could not be asked: ${words}`,
        `Run \`ssh ${this.ssh.destination} true\` once by hand: it has to work without a question.`,
      );
    }
    return { exitCode: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr };
  }
}
