import { execa } from "execa";
import { z } from "zod";
import { plainText } from "../plain-text";
import { Problem } from "../problem";

/** What the relay's stack says about its server. */
const OUTPUTS = z.object({ relayInstanceId: z.string(), relayRegion: z.string().optional() });

export interface StackOptions {
  /** The stack's name, as `pulumi --stack` takes it. */
  stack: string;
  /** The folder of the Pulumi project. Default: the current one. */
  cwd?: string;
}

/**
 * The server by the outputs `relayInstanceId` and `relayRegion` of a stack, asked of the Pulumi CLI on PATH. Secret
 * outputs stay hidden.
 *
 * @throws Problem with the CLI's own words, or with the output that is missing
 */
export async function stackTarget({
  stack,
  cwd,
}: StackOptions): Promise<{ instance: string; region?: string }> {
  // As one word, so that a name that begins with a hyphen is no option.
  const args = ["stack", "output", "--json", "--non-interactive", `--stack=${stack}`];
  const ran = await execa("pulumi", args, { cwd, reject: false });
  if (ran.exitCode === undefined) {
    throw new Problem(
      `--stack: the Pulumi CLI could not be run: ${ran.originalMessage}`,
      "Install it, or give --instance and --region instead.",
    );
  }
  if (ran.exitCode !== 0) {
    throw new Problem(
      `--stack: ${JSON.stringify(stack)} has no outputs that could be read: ${plainText(ran.stderr.trim().split("\n").at(-1) ?? "")}`,
      "Check the name with `pulumi stack ls`, in the project's folder or with --cwd.",
    );
  }
  const outputs = OUTPUTS.safeParse(parseJson(ran.stdout));
  if (!outputs.success) {
    throw new Problem(
      `--stack: ${JSON.stringify(stack)} has no output relayInstanceId`,
      "Export relayInstanceId and relayRegion in the program and run `pulumi up`, or give --instance and --region.",
    );
  }
  return { instance: outputs.data.relayInstanceId, region: outputs.data.relayRegion };
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
