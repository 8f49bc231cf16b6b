import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Engine } from "../../engine/find-engine";
import { Journey } from "../../sandbox/journey";
import { type Spread, spreadOf } from "../statistics";

/** The project's goal: the preview of the whole stack takes at most this many times an empty program's. */
export const GOAL = 1.3;

export interface PreviewBenchmark {
  runs: number;
  /** Of a fresh process that previews a program with no resource: milliseconds from spawn to exit. */
  empty: Measured;
  /** Of one that previews the stack of a new account. */
  stack: Measured;
  /** The whole process's medians, stack to empty. */
  ratio: number;
  /** The same of the preview alone, without the start of Node.js and the selection of the stack. */
  previewRatio: number;
}

export interface Measured {
  process: Spread;
  preview: Spread;
  creates: number;
}

interface Sample {
  processMs: number;
  previewMs: number;
  creates: number;
}

/** What the child prints; the shape is {@link OnePreview}. */
const onePreview = z.object({ previewMs: z.number(), creates: z.int() });

/**
 * Measures the preview of the stack beside an empty program's: in turns, each in a process of its own, so that
 * what disturbs the machine disturbs both. The substitutes for AWS, Cloudflare and SendGrid are started before and
 * not measured; the SendGrid provider is the real one, and its start is part of what is measured. One run of each
 * goes first and is not counted.
 */
export async function benchmarkPreview(
  engine: Engine,
  runs: number,
  onRun: (line: string) => void,
): Promise<PreviewBenchmark> {
  const journey = await Journey.begin({ engine: engine.command, debian: 13 });
  try {
    const { workspace, name } = journey.run.stack;
    const { name: project } = await workspace.projectSettings();
    const environment = {
      ...process.env,
      ...workspace.envVars,
      PATH: `${dirname(engine.path)}:${process.env.PATH}`,
    };
    const measure = async (program: "empty" | "stack") =>
      previewIn(workspace.workDir, environment, [join(__dirname, `${program}.js`), name, project]);

    const samples: Record<"empty" | "stack", Sample[]> = { empty: [], stack: [] };
    await measure("empty");
    await measure("stack");
    for (let run = 1; run <= runs; run++) {
      for (const program of ["empty", "stack"] as const) {
        const sample = await measure(program);
        samples[program].push(sample);
        onRun(`${run}/${runs} ${program}: ${Math.round(sample.processMs)} ms`);
      }
    }
    const [empty, stack] = [measured(samples.empty), measured(samples.stack)];
    return {
      runs,
      empty,
      stack,
      ratio: stack.process.median / empty.process.median,
      previewRatio: stack.preview.median / empty.preview.median,
    };
  } finally {
    await journey.end();
  }
}

async function previewIn(cwd: string, env: NodeJS.ProcessEnv, command: string[]): Promise<Sample> {
  const start = performance.now();
  const child = spawn(process.execPath, command, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const output = text(child.stdout);
  const [exitCode] = await once(child, "exit");
  const processMs = performance.now() - start;
  if (exitCode !== 0) {
    throw new Error(`${command.join(" ")} ended with ${exitCode}; its messages are above`);
  }
  return { processMs, ...onePreview.parse(JSON.parse(await output)) };
}

function measured(samples: readonly Sample[]): Measured {
  return {
    process: spreadOf(samples.map(({ processMs }) => processMs)),
    preview: spreadOf(samples.map(({ previewMs }) => previewMs)),
    creates: samples[0]?.creates ?? 0,
  };
}
