import type { FaultRow } from "./patient";

/** The faults, what named each, and what else was complained of: one line each. */
export function table(rows: readonly FaultRow[]): string {
  const lines = rows.map(({ fault, found, others, mended }) => [
    fault,
    found ? `${found.check}: ${found.path}: ${found.message}` : "not found",
    others.length === 0 ? "none" : others.map(({ check, path }) => `${check}: ${path}`).join("; "),
    mended.length === 0 ? "green" : mended.map(({ check, path }) => `${check}: ${path}`).join("; "),
  ]);
  const widest = Math.max(...lines.map(([fault = ""]) => fault.length));
  return [
    "fault | found by | other findings | mended",
    ...lines.map(([fault = "", ...rest]) => [fault.padEnd(widest), ...rest].join(" | ")),
  ].join("\n");
}
