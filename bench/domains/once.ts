import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { stackShape } from "./layout";
import { identities } from "./program";

/** What the process prints, a line of JSON each: when it begins, and what it then measured. */
export type PhaseLine =
  | { phase: "ready" }
  /** Milliseconds of the operation alone; `resources` with components, providers and the stack itself. */
  | { phase: "preview" | "up"; milliseconds: number; resources: number };

/**
 * Previews the identities in the empty stack that the working directory has already, then makes them. The engine is
 * `pulumi` on PATH, and its settings are in the environment.
 */
async function once(): Promise<void> {
  const [stackName, projectName, shape] = process.argv.slice(2);
  if (stackName === undefined || projectName === undefined || shape === undefined) {
    throw new Error("usage: node once.js STACK PROJECT SHAPE, in the stack's folder");
  }
  const program = identities(stackShape.parse(JSON.parse(shape)));
  const stack = await LocalWorkspace.selectStack(
    { stackName, projectName, program },
    { workDir: process.cwd(), pulumiCommand: await PulumiCommand.get() },
  );
  tell({ phase: "ready" });
  for (const phase of ["preview", "up"] as const) {
    const start = performance.now();
    const created =
      phase === "preview"
        ? (await stack.preview()).changeSummary.create
        : (await stack.up()).summary.resourceChanges?.create;
    tell({ phase, milliseconds: performance.now() - start, resources: created ?? 0 });
  }
}

function tell(line: PhaseLine): void {
  console.log(JSON.stringify(line));
}

once().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
