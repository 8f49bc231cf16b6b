import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../engine/find-engine";
import { projectRoot } from "../../engine/project-root";
import { Journey } from "../../sandbox/journey";
import { type Spread, spreadOf } from "../statistics";
import { previewDomains } from "./many-domains";
import { type PreviewSample, previewIn } from "./one-preview";
import { canStartCold, Runner } from "./runner";

/** The project's goal: the preview of the whole stack takes at most this many times an empty program's. */
export const GOAL = 1.3;

export interface PreviewOptions {
  /** How many previews of each program, warm and again cold. */
  runs: number;
  /** How many domains the large preview has, which is reported. */
  domains: number;
  onRun(line: string): void;
}

/** What was measured; all times in milliseconds. */
export interface PreviewBenchmark {
  runs: number;
  warm: Comparison;
  /** Null where caches can't be dropped: it needs root on Linux. */
  cold: Comparison | null;
  domains: DomainsShare;
}

/** The stack beside the empty program. The ratios and shares are of medians. */
export interface Comparison {
  empty: Measured;
  stack: Measured;
  /** The whole process, stack to empty. */
  ratio: number;
  /** The same of the preview alone, without the start of Node.js and the selection of the stack. */
  previewRatio: number;
  /** The process of `smarthost report` on the stack's preview, and on that of many domains. */
  reports: { stack: Spread; domains: Spread };
  /** The stack's report to its preview alone. */
  reportShare: number;
  /** The report of many domains to the stack's. */
  reportRatio: number;
}

export interface Measured {
  /** From spawn to exit. */
  process: Spread;
  /** The engine, its plug-ins and the program. */
  preview: Spread;
  /** Resources that the preview would create, the stack itself among them. */
  creates: number;
}

/** The preview of many domains, warm and once. */
export interface DomainsShare {
  domains: number;
  previewMs: number;
  /** The warm report's median to the preview alone. */
  reportShare: number;
}

/** Files with what `pulumi preview --json` wrote. */
interface PreviewFiles {
  stack: string;
  domains: string;
}

/**
 * Measures the preview of the stack beside an empty program's: in turns, each in a process of its own, so that
 * what disturbs the machine disturbs both. The substitutes for AWS, Cloudflare and SendGrid are started before and
 * not measured; the SendGrid provider is the real one, and its start is part of what is measured. After each stack's
 * preview come the reports, by the bundled command.
 */
export async function benchmarkPreview(engine: Engine, options: PreviewOptions): Promise<PreviewBenchmark> {
  const { runs, domains, onRun } = options;
  const folder = await mkdtemp(join(tmpdir(), "smarthost-bench-"));
  const runner = await Runner.open(engine.path);
  try {
    onRun(`preview of ${domains} domains`);
    const large = await previewDomains(engine, runner, domains);
    const journey = await Journey.begin({ engine: engine.command, debian: 13 });
    try {
      const files: PreviewFiles = {
        stack: join(folder, "stack.json"),
        domains: join(folder, "domains.json"),
      };
      await writeFile(files.stack, await journey.run.previewJson());
      await writeFile(files.domains, large.json);
      const round = (coldStart?: () => Promise<NodeJS.ProcessEnv>) =>
        measureRound(runner, journey, files, coldStart);

      const warm = await compare("warm", round, options);
      const cold = (await canStartCold())
        ? await compare("cold", () => round(() => runner.coldStart()), options)
        : null;
      const reportShare = warm.reports.domains.median / large.previewMs;
      return { runs, warm, cold, domains: { domains, previewMs: large.previewMs, reportShare } };
    } finally {
      await journey.end();
    }
  } finally {
    await runner.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What one run of each program took. */
export interface Round {
  empty: PreviewSample;
  stack: PreviewSample;
  /** Milliseconds of each report. */
  reports: Record<keyof PreviewFiles, number>;
}

/** Each program once. Every preview has its own cold start; the reports follow on what the stack's preview left. */
async function measureRound(
  runner: Runner,
  { run: { stack } }: Journey,
  files: PreviewFiles,
  coldStart: () => Promise<NodeJS.ProcessEnv> = async () => ({}),
): Promise<Round> {
  const command = join(projectRoot(), "dist", "cli", "smarthost.cjs");
  const empty = await previewIn(runner, stack, ["empty"], await coldStart());
  const environment = await coldStart();
  const whole = await previewIn(runner, stack, ["stack"], environment);
  // What DNS servers take is not the command's time.
  const reportOf = async (file: string) => {
    const args = [command, "report", "--dns-server", "none", "--fail-on", "never", file];
    return (await runner.run(args, { environment })).milliseconds;
  };
  const reports = { stack: await reportOf(files.stack), domains: await reportOf(files.domains) };
  return { empty, stack: whole, reports };
}

/** One round goes first and is not counted: it fills the caches, and what is read only once in a machine's life. */
async function compare(
  temperature: "warm" | "cold",
  round: () => Promise<Round>,
  { runs, onRun }: PreviewOptions,
): Promise<Comparison> {
  onRun(`${temperature}: a round that is not counted`);
  await round();
  const rounds: Round[] = [];
  for (let run = 1; run <= runs; run++) {
    const measured = await round();
    rounds.push(measured);
    const { empty, stack, reports } = measured;
    const [without, whole, report] = [empty.processMs, stack.processMs, reports.stack].map(Math.round);
    onRun(`${run}/${runs} ${temperature}: empty ${without} ms, stack ${whole} ms, report ${report} ms`);
  }
  return comparison(rounds);
}

/** @throws RangeError when there is no round */
export function comparison(rounds: readonly Round[]): Comparison {
  const empty = measured(rounds.map((round) => round.empty));
  const stack = measured(rounds.map((round) => round.stack));
  const reports = {
    stack: spreadOf(rounds.map((round) => round.reports.stack)),
    domains: spreadOf(rounds.map((round) => round.reports.domains)),
  };
  return {
    empty,
    stack,
    ratio: stack.process.median / empty.process.median,
    previewRatio: stack.preview.median / empty.preview.median,
    reports,
    reportShare: reports.stack.median / stack.preview.median,
    reportRatio: reports.domains.median / reports.stack.median,
  };
}

function measured(samples: readonly PreviewSample[]): Measured {
  return {
    process: spreadOf(samples.map(({ processMs }) => processMs)),
    preview: spreadOf(samples.map(({ previewMs }) => previewMs)),
    creates: samples[0]?.creates ?? 0,
  };
}
