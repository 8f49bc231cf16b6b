import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { type Preview, parsePreview } from "../../mail-resources/preview";
import { plainText } from "../plain-text";
import { Problem, wrongUsage } from "../problem";
import type { Progress } from "../progress";
import type { Surroundings } from "../surroundings";

/** Where the preview comes from: a file, or a stack that is previewed now. */
export interface PreviewSource {
  /** What `pulumi preview --json` wrote; `-` is standard input. */
  file?: string;
  stack?: string;
  /** The folder of the Pulumi project, with `stack`. Default: the current one. */
  cwd?: string;
}

/** A preview of 200 domains is some megabytes; this is for what nobody foresees. */
const MOST_BYTES = 1_000_000_000;
const HOW = "Write it with `pulumi preview --json --show-sames > preview.json`.";

/**
 * Reads a preview, or has the Pulumi CLI on PATH make one.
 *
 * @throws Problem with what is wrong with the file, or with the CLI's own words
 */
export async function readPreview(
  source: PreviewSource,
  surroundings: Surroundings,
  progress: Progress,
): Promise<Preview> {
  const { file, stack } = source;
  if ((file === undefined) === (stack === undefined)) {
    throw wrongUsage(
      file === undefined
        ? "there is no preview to report"
        : "a file and --stack were given, and one is enough",
      "Give a file that `pulumi preview --json --show-sames` wrote, - for standard input, or --stack NAME.",
    );
  }
  if (file !== undefined) {
    return parsed(await fileText(file), file === "-" ? "standard input" : JSON.stringify(file), HOW);
  }
  return await progress.during(`pulumi preview of ${stack}`, () => preview(source, surroundings));
}

async function fileText(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem(`${JSON.stringify(file)} can't be read: ${why}`, HOW);
  }
}

async function preview({ stack = "", cwd }: PreviewSource, { localEnv }: Surroundings): Promise<Preview> {
  // As one word, so that a name that begins with a hyphen is no option.
  const args = ["preview", "--json", "--show-sames", "--non-interactive", `--stack=${stack}`];
  const ran = await execa("pulumi", args, { cwd, env: localEnv, reject: false, maxBuffer: MOST_BYTES });
  if (ran.exitCode === undefined) {
    const next = "Install it, or give a file that `pulumi preview --json --show-sames` wrote.";
    throw new Problem(
      `--stack: the Pulumi CLI could not be run: ${plainText(ran.originalMessage ?? "")}`,
      next,
    );
  }
  // A preview that is refused ends with 1, and says in its JSON why.
  if (ran.exitCode !== 0 && !ran.stdout.trimStart().startsWith("{")) {
    const said = ran.stderr.trim().split("\n").at(-1) ?? "";
    throw new Problem(
      `--stack: ${JSON.stringify(stack)} could not be previewed: ${plainText(said)}`,
      "Check the name with `pulumi stack ls`, in the project's folder or with --cwd, and that you are logged in.",
    );
  }
  return parsed(
    ran.stdout,
    `the preview of ${JSON.stringify(stack)}`,
    "Run `pulumi preview` to see what it says.",
  );
}

function parsed(json: string, what: string, next: string): Preview {
  try {
    return parsePreview(json);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new Problem(`${what} is ${plainText(error.message)}`, next);
    }
    throw error;
  }
}
