import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { EXIT, type ExitCode } from "../exit-code";
import { Problem, wrongUsage } from "../problem";
import { Progress } from "../progress";
import { hasTarget, type TargetFlags, transportTo } from "../relay/target";
import type { Surroundings } from "../surroundings";
import type { Check } from "./check";
import { CHECKS } from "./checks";
import type { DoctorWorld, MessageRequest } from "./doctor-world";
import { renderReport, reportJson, verdictOf } from "./report";
import { runChecks } from "./run-checks";
import { readStack } from "./subject/read-stack";
import { openWorld } from "./world";

/** The options of `doctor`. */
export interface DoctorFlags extends Omit<TargetFlags, "stack"> {
  state?: string;
  preview?: string;
  dnsServer?: string[];
  /** False with `--no-authoritative`. */
  authoritative: boolean;
  only?: string[];
  skip?: string[];
  message?: string;
  authservId?: string;
  sendTo?: string;
  sendFrom?: string;
  json?: boolean;
}

const EXIT_CODES = { ok: EXIT.done, warning: EXIT.warned, error: EXIT.failed } as const;

/** `doctor`: looks at the world as it is. Ends with 0 where all is green, 3 where there are warnings, 1 with errors. */
export async function doctor(
  stack: string | undefined,
  flags: DoctorFlags,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { out, err, env = process.env } = surroundings;
  checkFlags(stack, flags);
  const checks = selected(flags);
  const progress = new Progress(err);
  const source = { stack, cwd: flags.cwd, state: flags.state, preview: flags.preview };
  const subject = await progress.during("reading the stack", () => readStack(source, progress.set));
  const world: DoctorWorld = {
    ...openWorld({
      dnsServers: flags.dnsServer,
      authoritative: flags.authoritative,
      account: subject.sendGridAccess,
      env,
    }),
    ...(hasTarget(flags) && {
      transport: () => transportTo({ ...flags, cwd: undefined }, surroundings, progress.set),
    }),
    message: await messageRequest(flags),
    surroundings,
    ...surroundings.doctorWorld,
  };
  const reports = await progress.during("looking", () =>
    runChecks(checks, subject, world, (titles) => progress.set(`looking at ${titles.join(", ")}`)),
  );
  const text = flags.json ? JSON.stringify(reportJson(reports, subject)) : renderReport(reports, out);
  out.write(`${text}\n`);
  return EXIT_CODES[verdictOf(reports)];
}

/** @throws Problem with everything that does not go together */
function checkFlags(stack: string | undefined, flags: DoctorFlags): void {
  const files = [flags.state && "--state", flags.preview && "--preview"].filter(Boolean);
  const faults = [
    ...(files.length > 1 ? ["--state and --preview exclude each other"] : []),
    ...(files.length > 0 && flags.cwd !== undefined
      ? [`--cwd goes with a stack, and ${files[0]} names a file`]
      : []),
    ...(flags.only && flags.skip ? ["--only and --skip exclude each other"] : []),
    ...(flags.authservId !== undefined && flags.message === undefined
      ? ["--authserv-id goes with --message"]
      : []),
    ...(flags.sendFrom !== undefined && flags.sendTo === undefined
      ? ["--send-from goes with --send-to"]
      : []),
    ...(stack === "" ? ["the stack's name is empty"] : []),
  ];
  if (faults.length > 0) {
    throw wrongUsage(faults.join("; "), "`smarthost doctor --help` says what goes together.");
  }
}

/** @throws Problem for names that no check has */
function selected({ only, skip }: DoctorFlags): Check[] {
  const names = CHECKS.map(({ name }) => name);
  const unknown = [...(only ?? []), ...(skip ?? [])].filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw wrongUsage(
      `${only ? "--only" : "--skip"}: ${unknown.map((name) => JSON.stringify(name)).join(", ")}: no such check`,
      `The checks are ${names.join(", ")}.`,
    );
  }
  return CHECKS.filter(({ name }) => (only?.includes(name) ?? true) && !skip?.includes(name));
}

async function messageRequest({
  message,
  authservId,
  sendTo,
  sendFrom,
}: DoctorFlags): Promise<MessageRequest> {
  return {
    ...(message !== undefined && { received: await messageFile(message) }),
    ...(authservId !== undefined && { authservId }),
    ...(sendTo !== undefined && { sendTo }),
    ...(sendFrom !== undefined && { sendFrom }),
  };
}

const WHITE_SPACE = new Set(Buffer.from(" \t\r\n"));

async function messageFile(file: string): Promise<Buffer> {
  try {
    const raw = file === "-" ? await buffer(process.stdin) : await readFile(file);
    // A message that was copied may begin with empty lines, which would end its header.
    return raw.subarray(raw.findIndex((octet) => !WHITE_SPACE.has(octet)));
  } catch (error) {
    throw new Problem(
      `--message: ${JSON.stringify(file)} can't be read: ${error instanceof Error ? error.message : String(error)}`,
      'Save the message with all its headers ("Show original", an .eml file), and give that file, or - for standard input.',
    );
  }
}
