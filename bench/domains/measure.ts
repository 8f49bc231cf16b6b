import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Engine } from "../../engine/find-engine";
import { settingsFor } from "../../sandbox/journey";
import { StackRun } from "../../sandbox/stack-run";
import { type DomainsAccount, openAccount } from "./account";
import { type StackShape, zonesOf } from "./layout";
import type { PhaseLine } from "./once";
import { type Part, ProcessWatch } from "./processes";

export const PHASES = ["preview", "up"] as const;
export type Phase = (typeof PHASES)[number];

/** What one operation took. */
export interface PhaseMeasures {
  milliseconds: number;
  /** Requests to SendGrid, and those of them that were refused for the rate limit. */
  requests: number;
  refused: number;
  /** Processor time in milliseconds, by who used it; the substitutes for SendGrid, Cloudflare and DNS are one. */
  cpuMs: Record<Part | "substitutes", number>;
}

export interface MeasuredStack {
  domains: number;
  /** Resources, with components, providers and the stack itself. */
  resources: number;
  phases: Record<Phase, PhaseMeasures>;
  /** The most memory that the SendGrid plug-in took, in bytes. */
  pluginPeakBytes: number;
}

const phaseLine: z.ZodType<PhaseLine> = z.discriminatedUnion("phase", [
  z.object({ phase: z.literal("ready") }),
  z.object({ phase: z.enum(PHASES), milliseconds: z.number(), resources: z.int() }),
]);

/** Where a stack is measured. */
export interface Surroundings {
  /** SendGrid's rate limit in the substitute, in requests a minute. */
  requestsPerMinute: number;
  /**
   * Whether the engine writes the state at each step, as it does with a file or a bucket as backend: the whole state,
   * which takes a time that grows with the square of its size. Otherwise it is written once, at the end.
   */
  checkpoints: boolean;
}

/**
 * Previews and makes the identities once, in an account and a stack of their own. The program has a process of its
 * own, and the engine starts the real plug-in; the substitutes are served by this process.
 *
 * @throws Error when the preview or the update fails; its messages are on stderr
 */
export async function measureStack(
  engine: Engine,
  shape: StackShape,
  { requestsPerMinute, checkpoints }: Surroundings,
): Promise<MeasuredStack> {
  const directory = await mkdtemp(join(tmpdir(), "smarthost-bench-"));
  const account = await openAccount(zonesOf(shape), requestsPerMinute);
  try {
    const { stack } = await StackRun.open({
      engine: engine.command,
      directory,
      program: async () => {},
      attachedProviders: account.attachedProviders,
      environment: account.environment,
      config: settingsFor(13),
      stackName: "domains",
    });
    const { name: project } = await stack.workspace.projectSettings();
    const { workDir, envVars } = stack.workspace;
    const child = spawn(
      process.execPath,
      [join(__dirname, "once.js"), stack.name, project, JSON.stringify(shape)],
      {
        cwd: workDir,
        env: {
          ...process.env,
          ...envVars,
          PULUMI_SKIP_CHECKPOINTS: String(!checkpoints),
          PATH: `${dirname(engine.path)}:${process.env.PATH}`,
        },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const exited = once(child, "exit");
    const watch = new ProcessWatch(child.pid ?? 0);
    try {
      const measured = await follow(createInterface(child.stdout), shape, account, watch);
      const [exitCode] = await exited;
      if (measured === undefined || exitCode !== 0) {
        throw new Error(`${shape.domains} domains (${shape.layout}): failed; its messages are above`);
      }
      return measured;
    } finally {
      watch.stop();
      child.kill();
    }
  } finally {
    await account.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Undefined when the program ended before it had measured both phases. */
async function follow(
  lines: AsyncIterable<string>,
  shape: StackShape,
  account: DomainsAccount,
  watch: ProcessWatch,
): Promise<MeasuredStack | undefined> {
  const phases: Partial<Record<Phase, PhaseMeasures>> = {};
  let resources = 0;
  let before = await usageNow(watch);
  let answered = account.api.exchanges().length;
  for await (const line of lines) {
    const told = phaseLine.parse(JSON.parse(line));
    const now = await usageNow(watch);
    const exchanges = account.api.exchanges();
    if (told.phase !== "ready") {
      const asked = exchanges.slice(answered);
      phases[told.phase] = {
        milliseconds: told.milliseconds,
        requests: asked.length,
        refused: asked.filter(({ status }) => status === 429).length,
        cpuMs: {
          program: now.program - before.program,
          engine: now.engine - before.engine,
          plugin: now.plugin - before.plugin,
          substitutes: now.substitutes - before.substitutes,
        },
      };
      resources = told.resources;
    }
    before = now;
    answered = exchanges.length;
  }
  const { pluginPeakBytes } = await watch.usage();
  const { preview, up } = phases;
  return preview && up
    ? { domains: shape.domains, resources, phases: { preview, up }, pluginPeakBytes }
    : undefined;
}

async function usageNow(watch: ProcessWatch): Promise<PhaseMeasures["cpuMs"]> {
  const { user, system } = process.cpuUsage();
  const { cpuMs } = await watch.usage();
  return { ...cpuMs, substitutes: (user + system) / 1000 };
}
