import { describe, expect, test } from "vitest";
import { FAULTS, type Fault } from "./faults";
import { PLAIN_PATHS } from "./faults/plain-path";
import { report } from "./report";
import { matrixRows } from "./run-matrix";

/** Without root there is no server to boot, and only CI may insist on one. */
const wanted = process.getuid?.() === 0 || process.env.CI === "true";
/** A limit for what hangs; on two quiet cores all of it takes less than ten minutes. */
const LIMIT_MS = 1_800_000;

describe.runIf(wanted)("relays that are booted from their user data", () => {
  test("lose no message and double none, whatever happens, on Debian 13", { timeout: LIMIT_MS }, async () => {
    await passes(13, FAULTS);
  });

  test("deliver all mail on Debian 12", { timeout: LIMIT_MS }, () => passes(12, PLAIN_PATHS));
});

async function passes(debian: 12 | 13, tried: readonly Fault[]): Promise<void> {
  const faults = tried.map(({ name }) => name);
  const lines: string[] = [];
  const rows = await matrixRows({ debian, faults }, (line) => lines.push(line));
  console.log(report(rows));
  expect(rows.map(({ fault }) => fault).toSorted()).toEqual(faults.toSorted());
  const failed = rows.filter((row) => row.faults.length > 0 || row.lost > 0 || row.duplicated > 0);
  expect(failed, `${lines.join("\n")}\n`).toEqual([]);
}
