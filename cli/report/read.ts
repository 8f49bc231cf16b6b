import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type Preview, parsePreview } from "../../mail-resources/preview";
import { plainText } from "../plain-text";
import { Problem, wrongUsage } from "../problem";
import type { Progress } from "../progress";
import type { Surroundings } from "../surroundings";
import { previewStack } from "./preview-stack";

/** Where the preview comes from: a file, or a stack that is previewed now. */
export interface PreviewSource {
  /** What `pulumi preview --json` wrote; `-` is standard input. */
  file?: string;
  stack?: string;
  /** The folder of the Pulumi project, with `stack`. Default: the current one. */
  cwd?: string;
}

const HOW = "Write it with `pulumi preview --json --show-sames > preview.json`.";
const WHICH =
  "Give a file that `pulumi preview --json --show-sames` wrote, - for standard input, or --stack NAME.";

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
  const { file, stack, cwd } = source;
  if (file !== undefined && stack !== undefined) {
    throw wrongUsage("a file and --stack were given, and one is enough", WHICH);
  }
  if (file !== undefined) {
    return parsed(await fileText(file), file === "-" ? "standard input" : JSON.stringify(file), HOW);
  }
  if (stack === undefined) {
    throw wrongUsage("there is no preview to report", WHICH);
  }
  return await progress.during(`pulumi preview of ${stack}`, async () =>
    parsed(
      await previewStack({ stack, cwd, env: surroundings.localEnv }),
      `the preview of ${JSON.stringify(stack)}`,
      "Run `pulumi preview` to see what it says.",
    ),
  );
}

async function fileText(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem(`${JSON.stringify(file)} can't be read: ${why}`, HOW);
  }
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
