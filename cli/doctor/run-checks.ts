import pLimit from "p-limit";
import { plainText } from "../plain-text";
import type { Check, CheckResult } from "./check";
import type { DoctorWorld } from "./doctor-world";
import type { Subject } from "./subject";

/** Checks that run at once: each asks several servers. */
const AT_ONCE = 4;

/** A check with what it came to. */
export interface CheckReport {
  check: Pick<Check, "name" | "title">;
  result: CheckResult;
}

/**
 * Runs the checks, some at once; the reports are in the order of the checks. One that fails by itself is reported as
 * such, and hides no other.
 *
 * @param onWaiting told, whenever it changes, which checks are under way
 */
export async function runChecks(
  checks: readonly Check[],
  subject: Subject,
  world: DoctorWorld,
  onWaiting: (titles: string[]) => void,
): Promise<CheckReport[]> {
  const limit = pLimit(AT_ONCE);
  const waiting = new Set<string>();
  const run = async (check: Check): Promise<CheckReport> => {
    waiting.add(check.title);
    onWaiting([...waiting]);
    try {
      return { check, result: await check.run(subject, world) };
    } catch (error) {
      return { check, result: crashed(error) };
    } finally {
      waiting.delete(check.title);
      onWaiting([...waiting]);
    }
  };
  return await Promise.all(checks.map((check) => limit(() => run(check))));
}

function crashed(error: unknown): CheckResult {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    status: "error",
    summary: "the check itself failed",
    findings: [
      {
        severity: "error",
        path: "smarthost doctor",
        message: `the check itself failed, and says nothing about your mail: ${plainText(message)}`,
        next: "Report it with this message; --skip leaves the check out.",
      },
    ],
  };
}
