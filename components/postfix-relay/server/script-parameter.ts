import { createHash } from "node:crypto";
import type { Fault } from "../../faults";
import { regionDomain } from "./region";

/** What a parameter of SSM's standard tier takes (Systems Manager User Guide, "Managing parameter tiers"). */
const SCRIPT_LIMIT_BYTES = 4096;

/** An SSM parameter of type String with a script that the server fetches, because user data has no room for it. */
export interface ScriptParameter {
  name: string;
  /** The name with a wildcard for the script's version, for the role. */
  pattern: string;
  /** The script: readable, no secret, at most 4096 bytes. */
  value: string;
  /** Its SHA-256, which user data has, so that nobody else's script runs and a change of it is seen. */
  sum: string;
}

/**
 * The parameter of a script. Another script has another name, so that a server with the user data of before finds its own as
 * long as the update lasts.
 */
export function scriptParameter(prefix: string, value: string): ScriptParameter {
  const sum = createHash("sha256").update(value).digest("hex");
  return { name: `${prefix}-${sum.slice(0, 8)}`, pattern: `${prefix}-*`, value, sum };
}

/**
 * Shell that fetches the script into a file, if it is not there yet, and runs it, with the functions of `aws-session.ts`.
 */
export function runScript({ name, sum }: ScriptParameter, region: string, file: string): string {
  return `stored ${name} ${region} https://ssm.${regionDomain(region)}/ ${sum} ${file}\n. ${file}`;
}

/** The fault of a script that is too long for its parameter, which only long names make it. */
export function scriptFaults(path: string, script: ScriptParameter | undefined): Fault[] {
  const bytes = Buffer.byteLength(script?.value ?? "");
  const reason = `its script has ${bytes} bytes with these names, and an SSM parameter takes ${SCRIPT_LIMIT_BYTES}`;
  const next = "Shorten the names of project, stack, component or parameters.";
  return bytes > SCRIPT_LIMIT_BYTES ? [{ path, reason, next }] : [];
}
