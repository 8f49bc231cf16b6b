import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { parsePreview } from "../../../mail-resources/preview";
import { parseState } from "../../../mail-resources/state";
import { plainText } from "../../plain-text";
import { Problem } from "../../problem";
import type { Subject } from "../subject";
import { subjectOfPreview, subjectOfState } from "./subject-of";

/** Where the subject comes from; `state` and `preview` are files, and `-` is standard input. */
export interface StackSource {
  /** The stack's name; the selected one of the project when left out. */
  stack?: string;
  /** The folder of the Pulumi project. Default: the current one. */
  cwd?: string;
  /** What `pulumi stack export` wrote. */
  state?: string;
  /** What `pulumi preview --json --show-sames` wrote. */
  preview?: string;
}

/**
 * Reads what the stack wants or has: from a file, or from the Pulumi CLI on PATH: its state, and a preview where there
 * is no state yet.
 *
 * @param onProgress told what is waited for
 * @throws Problem where it can't be read
 */
export async function readStack(source: StackSource, onProgress: (text: string) => void): Promise<Subject> {
  const { stack, state, preview } = source;
  if (state !== undefined) {
    return ofText("--state", state, await fileText("--state", state), (json) =>
      subjectOfState(parseState(json), stack),
    );
  }
  if (preview !== undefined) {
    return ofText("--preview", preview, await fileText("--preview", preview), previewSubject(stack));
  }
  onProgress("reading the stack's state");
  const exported = await pulumi(["stack", "export"], source);
  if (exported.exitCode !== 0) {
    throw stackProblem(stack, exported.stderr);
  }
  const resources = parseState(exported.stdout).filter(({ type }) => !ENGINES_OWN.test(type));
  if (resources.length > 0) {
    return subjectOfState(parseState(exported.stdout), stack);
  }
  onProgress("previewing the stack, which has nothing yet");
  // A refused preview ends with 1, and writes what it refused all the same.
  const previewed = await pulumi(["preview", "--json", "--show-sames"], source);
  try {
    return previewSubject(stack)(previewed.stdout);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw stackProblem(stack, previewed.stderr);
    }
    throw error;
  }
}

/** A stack without anything of its own has these, or nothing. */
const ENGINES_OWN = /^pulumi:(pulumi:Stack$|providers:)/;

const previewSubject =
  (stack: string | undefined) =>
  (json: string): Subject => {
    const preview = parsePreview(json);
    return subjectOfPreview(preview, stack ?? preview.stack);
  };

async function fileText(option: string, file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new Problem(
      `${option}: ${JSON.stringify(file)} can't be read: ${error instanceof Error ? error.message : String(error)}`,
      "Give a file, or - for standard input.",
    );
  }
}

function ofText(option: string, file: string, json: string, read: (json: string) => Subject): Subject {
  try {
    return read(json);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new Problem(
        `${option}: ${JSON.stringify(file)} is ${plainText(error.message)}`,
        "Write it with `pulumi stack export --file FILE`, or `pulumi preview --json --show-sames > FILE`.",
      );
    }
    throw error;
  }
}

async function pulumi(args: string[], { stack, cwd }: StackSource) {
  // As one word, so that a name that begins with a hyphen is no option.
  const name = stack === undefined ? [] : [`--stack=${stack}`];
  const ran = await execa("pulumi", [...args, "--non-interactive", ...name], {
    cwd,
    reject: false,
    maxBuffer: 1_000_000_000,
  });
  if (ran.exitCode === undefined) {
    throw new Problem(
      `the Pulumi CLI could not be run: ${ran.originalMessage}`,
      "Install it, or give --state or --preview, which scripts can write elsewhere.",
    );
  }
  return ran;
}

function stackProblem(stack: string | undefined, stderr: string): Problem {
  const name = stack === undefined ? "the selected stack" : JSON.stringify(stack);
  return new Problem(
    `${name} could not be read: ${plainText(stderr.trim().split("\n").at(-1) ?? "")}`,
    "Check the name with `pulumi stack ls`, in the project's folder or with --cwd, and that you are logged in.",
  );
}
