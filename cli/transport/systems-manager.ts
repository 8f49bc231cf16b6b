import { setTimeout as pause } from "node:timers/promises";
import {
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandInput,
  type GetCommandInvocationCommandOutput,
  InvocationDoesNotExist,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import pLimit from "p-limit";
import { Problem, wrongUsage } from "../problem";
import { type Locate, onDebian, type ServerCommand, shellLine } from "../server/command";
import {
  type FirstPage,
  firstPageScript,
  MOST_CHARACTERS,
  nextPageScript,
  PAGE,
  parseFirstPage,
  unpack,
} from "./output-pages";
import { awsProblem } from "./systems-manager-problems";
import type { Ran, Transport } from "./transport";

/** How long a command may run on the server, and how long it is waited for its start, in seconds. */
const EXECUTION_SECONDS = 120;
const START_SECONDS = 60;
const PAGES_AT_A_TIME = 5;
/** Between two questions whether it has ended; most commands take a second. */
const SHORTEST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 3_000;

/** EC2's instances, and machines elsewhere that were registered with Systems Manager. */
const INSTANCE_ID = /^m?i-([0-9a-f]{8}|[0-9a-f]{17})$/;

export interface SystemsManagerOptions {
  instance: string;
  /** Default: the region of AWS's environment variables and configuration files. */
  region?: string;
  /** How much of a packed output is fetched, in characters, default {@link MOST_CHARACTERS}. */
  mostCharacters?: number;
  /** Told about each answer that is fetched of a large output. */
  onProgress?: (text: string) => void;
}

/**
 * Runs the commands by AWS Systems Manager Run Command as root: no port has to be open, the server's agent asks for them.
 *
 * Credentials and endpoint come from where AWS's own tools take them. Output that is larger than one answer is packed
 * and fetched in pages, up to {@link MOST_CHARACTERS}.
 */
export class SystemsManagerTransport implements Transport {
  readonly place: string;
  readonly #client: SSMClient;

  /** @throws Problem for an instance id that is none */
  constructor(
    private readonly options: SystemsManagerOptions,
    private readonly locate: Locate = onDebian,
  ) {
    if (!INSTANCE_ID.test(options.instance)) {
      throw wrongUsage(
        `--instance: ${JSON.stringify(options.instance)} is no instance id`,
        "Write it as i- and 17 hexadecimal digits, such as i-0123456789abcdef0.",
      );
    }
    this.place = `${options.instance} by AWS Systems Manager`;
    this.#client = new SSMClient({ region: options.region });
  }

  async run(command: ServerCommand): Promise<Ran> {
    const { output: answer, stderr } = await this.#invoke(firstPageScript(shellLine(command, this.locate)));
    const first = parseFirstPage(answer);
    if (first === undefined) {
      throw new Problem(
        `${this.place} gave an answer that is none of the command's: ${JSON.stringify(answer.slice(0, 80))}`,
        "Check that /var/tmp on the server has room, and run the command again.",
      );
    }
    const { exitCode, size, lines } = first;
    const wanted = Math.min(size, this.options.mostCharacters ?? MOST_CHARACTERS);
    const text = first.text + (await this.#rest(first, wanted));
    const isWhole = wanted === size;
    return { exitCode, stdout: unpack(text, isWhole), stderr, ...(!isWhole && { cutFrom: { lines } }) };
  }

  /** The pages after the first one, several at a time; the last one when the others are there, as it ends the output. */
  async #rest({ folder, text }: FirstPage, wanted: number): Promise<string> {
    const limit = pLimit(PAGES_AT_A_TIME);
    let fetched = text.length;
    const fetch = async (from: number, isLast: boolean) => {
      this.options.onProgress?.(`fetching the answer: ${Math.round((fetched / wanted) * 100)} %`);
      const page = (await this.#invoke(nextPageScript(folder, from, isLast))).output.trim();
      if (page.length < Math.min(PAGE, wanted - from)) {
        throw new Problem(`${this.place} lost a part of its answer`, "Run the command again.");
      }
      fetched += page.length;
      return page;
    };
    const starts = Array.from({ length: Math.ceil(wanted / PAGE) }, (_, page) => page * PAGE).slice(1);
    const last = starts.pop();
    const pages = await Promise.all(starts.map((from) => limit(() => fetch(from, false))));
    return last === undefined
      ? ""
      : [...pages, await fetch(last, true)].join("").slice(0, wanted - text.length);
  }

  /** Runs a script and gives its output. @throws Problem for everything but an end with exit code 0 */
  async #invoke(script: string): Promise<{ output: string; stderr: string }> {
    const invocation = await this.#invocation(script).catch((error: unknown) => {
      throw awsProblem(error, this.options);
    });
    const { Status, StatusDetails, StandardErrorContent = "", StandardOutputContent = "" } = invocation;
    if (Status !== "Success") {
      throw new Problem(
        `the command on ${this.place} did not succeed: ${StatusDetails ?? Status} ${StandardErrorContent.slice(0, 300)}`.trim(),
        "Check in the Systems Manager console that the agent is online, and run the command again.",
      );
    }
    return { output: StandardOutputContent, stderr: StandardErrorContent };
  }

  async #invocation(script: string): Promise<GetCommandInvocationCommandOutput> {
    const { Command } = await this.#client.send(
      new SendCommandCommand({
        InstanceIds: [this.options.instance],
        DocumentName: "AWS-RunShellScript",
        Comment: "smarthost relay",
        TimeoutSeconds: START_SECONDS,
        Parameters: { commands: script.split("\n"), executionTimeout: [String(EXECUTION_SECONDS)] },
      }),
    );
    return await this.#end({ CommandId: Command?.CommandId, InstanceId: this.options.instance });
  }

  /** Waits for a command's end. The SDK's own waiter would wait its whole time for a call that is not allowed. */
  async #end(which: GetCommandInvocationCommandInput): Promise<GetCommandInvocationCommandOutput> {
    const end = Date.now() + (START_SECONDS + EXECUTION_SECONDS) * 1_000;
    for (let wait = SHORTEST_WAIT_MS; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
      await pause(wait);
      const invocation = await this.#client
        .send(new GetCommandInvocationCommand(which))
        .catch((error: unknown) => {
          // The command is known a moment after it was sent.
          if (error instanceof InvocationDoesNotExist && Date.now() < end) return undefined;
          throw error;
        });
      if (invocation !== undefined && (!isUnderWay(invocation) || Date.now() >= end)) {
        return invocation;
      }
    }
  }
}

function isUnderWay({ Status }: GetCommandInvocationCommandOutput): boolean {
  return ["Pending", "InProgress", "Delayed", "Cancelling"].includes(Status ?? "");
}
