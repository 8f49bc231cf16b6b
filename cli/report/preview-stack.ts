import { existsSync } from "node:fs";
import { plainText } from "../plain-text";
import { Problem, wrongUsage } from "../problem";

/** A stack that is previewed now. */
export interface StackToPreview {
  /** Its name, as `pulumi --stack` takes it. */
  stack: string;
  /** The folder of the Pulumi project. Default: the current one. */
  cwd?: string;
  /** Added to the environment of the Pulumi CLI. */
  env?: Record<string, string>;
}

/**
 * Previews a stack through the Automation API, which runs the Pulumi CLI on PATH. Nothing is changed, neither the stack nor
 * which one is selected in the project.
 *
 * @returns what `pulumi preview --json --show-sames` writes, also of a preview that was refused
 * @throws Problem where the CLI is missing or too old, or where it wrote no JSON, in its own words
 */
export async function previewStack({
  stack: name,
  cwd = process.cwd(),
  env,
}: StackToPreview): Promise<string> {
  if (!existsSync(cwd)) {
    throw wrongUsage(`--cwd: ${JSON.stringify(cwd)} is not there`, "Give the folder that has Pulumi.yaml.");
  }
  const { workspace, Stack } = await openWorkspace(cwd, env);
  // Every command names its stack; to select it would change what the user's next command is about.
  workspace.selectStack = async () => {};
  const stack = await Stack.select(name, workspace);
  const out: string[] = [];
  const err: string[] = [];
  try {
    const { stdout } = await stack.preview({
      onOutput: (text) => out.push(text),
      onError: (text) => err.push(text),
    });
    return stdout;
  } catch (error) {
    // A preview that is refused fails, and says in its JSON why.
    const json = out.join("");
    if (json.trimStart().startsWith("{")) {
      return json;
    }
    throw new Problem(
      `--stack: ${JSON.stringify(name)} could not be previewed: ${lastLine(err.join("") || messageOf(error))}`,
      "Check the name with `pulumi stack ls`, in the project's folder or with --cwd, and that you are logged in.",
    );
  }
}

async function openWorkspace(workDir: string, env: Record<string, string> | undefined) {
  // The Automation API has no options for these, so the CLI gets them by its environment.
  const options = { PULUMI_OPTION_JSON: "true", PULUMI_OPTION_SHOW_SAMES: "true" };
  try {
    // Loaded here, because a report of a file does without it.
    const { LocalWorkspace, Stack } = await import("@pulumi/pulumi/automation/index.js");
    const workspace = await LocalWorkspace.create({ workDir, envVars: { ...env, ...options } });
    return { workspace, Stack };
  } catch (error) {
    throw new Problem(
      `--stack: the Pulumi CLI could not be run: ${lastLine(messageOf(error))}`,
      "Install it, or give a file that `pulumi preview --json --show-sames` wrote.",
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lastLine(text: string): string {
  return plainText(text.trim().split("\n").at(-1) ?? "");
}
