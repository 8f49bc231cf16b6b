import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { z } from "zod";
import type { OnePreview } from "./once";
import type { Runner } from "./runner";

/** A preview in a process of its own. */
export interface PreviewSample extends OnePreview {
  /** Milliseconds of the whole process, from spawn to exit. */
  processMs: number;
}

const onePreview: z.ZodType<OnePreview> = z.object({ previewMs: z.number(), creates: z.int() });

/**
 * Previews a program of this folder in a stack that exists.
 *
 * @param program the script's name, with the arguments that it takes
 * @param environment variables that win over the stack's own
 */
export async function previewIn(
  runner: Runner,
  { name, workspace }: Stack,
  [program, ...args]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv = {},
): Promise<PreviewSample> {
  const { name: project } = await workspace.projectSettings();
  const { milliseconds, output } = await runner.run(
    [join(__dirname, `${program}.js`), name, project, ...args],
    { cwd: workspace.workDir, environment: { ...workspace.envVars, ...environment } },
  );
  return { processMs: milliseconds, ...onePreview.parse(JSON.parse(output)) };
}
