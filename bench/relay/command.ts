import { type Command, InvalidArgumentError } from "commander";
import { benchmarkRelay } from "./relay";
import { relayReport } from "./report";

interface RelayFlags {
  messages?: number;
  runs?: number;
  latency?: number[];
  sizes?: number[];
  quick?: boolean;
  set?: Record<string, string>;
  json?: boolean;
}

const USUAL = { messages: 2_000, runs: 3, latency: [0, 20, 80], sizes: [2_048, 51_200, 1_048_576] };
const QUICK = { messages: 500, runs: 1, latency: [20], sizes: [2_048, 51_200] };

/** `npm run bench -- relay`: about ten minutes, and three with --quick. */
export function addRelayCommand(program: Command): void {
  program
    .command("relay")
    .description("The relay beside a stock Debian Postfix: draining, end to end, taking mail. Root on Linux.")
    .option("--messages <number>", `messages of a run (${USUAL.messages})`, whole(20))
    .option("--runs <number>", `runs of each side (${USUAL.runs})`, whole(1))
    .option("--latency <list>", `round trips of the graph in ms (${USUAL.latency})`, list(whole(0)))
    .option("--sizes <list>", `bytes of a message in the graph (${USUAL.sizes})`, list(whole(100)))
    .option("--quick", "few messages, one run, a small graph: shows that it works, measures little")
    .option(
      "--set <name=value>",
      "a parameter of main.cf that the relay gets, to try it; repeatable",
      parameter,
    )
    .option("--json", "print one JSON object; progress goes to stderr")
    .action(async ({ json, quick, set = {}, ...given }: RelayFlags) => {
      const { messages, runs, latency, sizes } = { ...(quick ? QUICK : USUAL), ...given };
      const options = { messages, runs, latencies: latency, sizes, parameters: set };
      const result = await benchmarkRelay(options, (line) => console.error(line));
      console.log(json ? JSON.stringify(result) : relayReport(result));
    });
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least) {
      throw new InvalidArgumentError(`must be a whole number from ${least} up`);
    }
    return value;
  };
}

function list<T>(one: (text: string) => T): (text: string) => T[] {
  return (text) => text.split(",").map(one);
}

function parameter(text: string, before: Record<string, string> = {}): Record<string, string> {
  const match = /^(\w+)=(.*)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new InvalidArgumentError("must be a parameter and its value, such as in_flow_delay=0");
  }
  return { ...before, [match[1]]: match[2] };
}
