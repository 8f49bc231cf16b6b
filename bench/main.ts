import Table from "cli-table3";
import { Command, Option } from "commander";
import { findEngine } from "../engine/find-engine";
import { benchmarkBoot } from "./boot/boot";
import { bootReport } from "./boot/report";
import { benchmarkDomains } from "./domains/domains";
import { domainsReport } from "./domains/report";
import { count, counts } from "./numbers";
import { addPreviewCommand } from "./preview/command";
import { benchmarkRefresh, LATENCY_MS } from "./refresh/refresh";
import { addRelayCommand } from "./relay/command";

const program = new Command("npm run bench --").description("Measures what the project promises about time.");

addPreviewCommand(program);

program
  .command("refresh")
  .description(
    "The refresh of authenticated domains: requests and time, beside one request a domain; and the plug-in.",
  )
  .option("--domains <numbers>", "sizes of the stack, separated by commas", counts, [1, 50, 200])
  .option("--json", "print one JSON object; progress goes to stderr")
  .action(async ({ domains, json }: { domains: number[]; json?: boolean }) => {
    const say = (line: string) => console.error(line);
    const result = await benchmarkRefresh(await findEngine({ onProgress: say }), domains, say);
    if (json) {
      console.log(JSON.stringify(result));
      return;
    }
    const table = new Table({
      head: ["domains", "requests", "one by one", "time", "one by one", "ratio"],
      style: { head: [], border: [] },
    });
    for (const { domains, shared, oneByOne, ratio } of result.sizes)
      table.push([
        String(domains),
        String(shared.requests),
        String(oneByOne.requests),
        `${Math.round(shared.milliseconds)} ms`,
        `${Math.round(oneByOne.milliseconds)} ms`,
        ratio.toFixed(2),
      ]);
    console.log(table.toString());
    const { bundleBytes, startMs, peakBytes } = result.plugin;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    console.log(
      `Every answer takes ${LATENCY_MS} ms. The plug-in: ${megabytes(bundleBytes)} MB, ready after ` +
        `${Math.round(startMs)} ms, at most ${megabytes(peakBytes)} MB of memory with ${Math.max(...domains)} domains.`,
    );
  });

program
  .command("domains")
  .description("Preview and update of sender identities by their number, each in a fresh stack and account.")
  .option(
    "--domains <numbers>",
    "sizes of the stack, separated by commas; 10 always is one",
    counts,
    [1, 10, 50, 200],
  )
  .option("--runs <number>", "how many of each; the least time counts", count, 2)
  .option("--rate-limit <number>", "requests a minute that the substitute for SendGrid allows", count, 1e6)
  .option("--checkpoints", "write the whole state at each step, as with a file or a bucket as backend")
  .option("--json", "print one JSON object; progress goes to stderr")
  .action(async ({ domains: sizes, runs, rateLimit, checkpoints = false, json }: DomainsFlags) => {
    const onRun = (line: string) => console.error(line);
    const engine = await findEngine({ onProgress: onRun });
    const surroundings = { requestsPerMinute: rateLimit, checkpoints };
    const result = await benchmarkDomains(engine, { sizes, runs, surroundings, onRun });
    console.log(json ? JSON.stringify(result) : domainsReport(result));
  });

program
  .command("boot")
  .description(
    "From power-on to the relay's first message, beside the same image that installs the same packages.",
  )
  .addOption(new Option("--debian <release>", "Debian release").choices(["13", "12"]).default("13"))
  .option("--runs <number>", "how many boots of each", count, 5)
  .option("--json", "print one JSON object; progress goes to stderr")
  .action(async ({ debian, runs, json }: { debian: string; runs: number; json?: boolean }) => {
    const options = { debian: debian === "12" ? (12 as const) : (13 as const), runs };
    const result = await benchmarkBoot(options, (line) => console.error(line));
    console.log(json ? JSON.stringify(result) : bootReport(result));
  });

addRelayCommand(program);

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

interface DomainsFlags {
  domains: number[];
  runs: number;
  rateLimit: number;
  checkpoints?: boolean;
  json?: boolean;
}
