import { LocalWorkspace, PulumiCommand, type PulumiFn } from "@pulumi/pulumi/automation";

/** What one process says of the preview that it ran. */
export interface OnePreview {
  /** Milliseconds of the preview alone: the engine, its plug-ins and the program, without the start of Node.js. */
  previewMs: number;
  /** Resources that the preview would create, the stack itself among them. */
  creates: number;
}

/**
 * Previews a program once in the stack that the working directory has already, and prints a {@link OnePreview} as
 * JSON. The engine is `pulumi` on PATH, and its settings are in the environment.
 */
export async function previewOnce(program: PulumiFn): Promise<void> {
  const [stackName, projectName] = process.argv.slice(2);
  if (stackName === undefined || projectName === undefined) {
    throw new Error("usage: node <script> STACK PROJECT, in the stack's folder");
  }
  const stack = await LocalWorkspace.selectStack(
    { stackName, projectName, program },
    { workDir: process.cwd(), pulumiCommand: await PulumiCommand.get() },
  );
  const start = performance.now();
  const { changeSummary } = await stack.preview();
  const one: OnePreview = { previewMs: performance.now() - start, creates: changeSummary.create ?? 0 };
  console.log(JSON.stringify(one));
}
