import { styleText } from "node:util";
import { count } from "../quantities";
import type { TextStream } from "../text-stream";
import type { CheckStatus, Finding } from "./check";
import type { CheckReport } from "./run-checks";
import type { Subject } from "./subject";

/** The gravest status of all; what was skipped counts as nothing, but with everything skipped nothing is green. */
export function verdictOf(reports: readonly CheckReport[]): "ok" | "warning" | "error" {
  if (isAllSkipped(reports)) {
    return "warning";
  }
  const has = (status: CheckStatus) => reports.some(({ result }) => result.status === status);
  return has("error") ? "error" : has("warning") ? "warning" : "ok";
}

function isAllSkipped(reports: readonly CheckReport[]): boolean {
  return reports.every(({ result }) => result.status === "skipped");
}

const MARKS: Record<CheckStatus, { mark: string; word: string; style: Parameters<typeof styleText>[0] }> = {
  ok: { mark: "✔", word: "ok", style: "green" },
  warning: { mark: "!", word: "warning", style: "yellow" },
  error: { mark: "✖", word: "error", style: "red" },
  skipped: { mark: "-", word: "skipped", style: "dim" },
};

/** A line for each check, its findings below it, and the sum. Marks and colours in a terminal, words elsewhere. */
export function renderReport(reports: readonly CheckReport[], out: TextStream): string {
  const width = Math.max(...reports.map(({ check }) => check.title.length));
  const lines = reports.flatMap(({ check, result }) => [
    `${label(result.status, out)} ${check.title.padEnd(width)}  ${result.summary}`,
    ...result.findings.flatMap((finding) => findingLines(finding, out)),
  ]);
  return [...lines, "", sum(reports)].join("\n");
}

function label(status: CheckStatus, out: TextStream): string {
  const { mark, word, style } = MARKS[status];
  return out.isTTY === true ? styleText(style, mark, { stream: out }) : word.padEnd("warning".length);
}

function findingLines({ severity, path, message, next }: Finding, out: TextStream): string[] {
  const style = severity === "info" ? "dim" : MARKS[severity].style;
  const word = styleText(style, severity, { stream: out });
  return [`    ${word}: ${path}: ${message}.`, `      Next: ${next}`];
}

function sum(reports: readonly CheckReport[]): string {
  const findings = reports.flatMap(({ result }) => result.findings);
  const number = (severity: Finding["severity"]) =>
    findings.filter((finding) => finding.severity === severity).length;
  const skipped = reports.filter(({ result }) => result.status === "skipped").length;
  if (isAllSkipped(reports)) {
    return "Nothing was looked at: every check was skipped.";
  }
  const verdict = { ok: "All green", warning: "It works, with warnings", error: "Something is wrong" };
  return `${verdict[verdictOf(reports)]}: ${count(number("error"), "error")}, ${count(number("warning"), "warning")} in ${count(reports.length, "check")}${skipped > 0 ? `, ${skipped} of them skipped` : ""}.`;
}

/** The same as data, for scripts. */
export function reportJson(reports: readonly CheckReport[], { stack, source }: Subject): object {
  return {
    ...(stack !== undefined && { stack }),
    source,
    status: verdictOf(reports),
    checks: reports.map(({ check: { name, title }, result }) => ({ name, title, ...result })),
  };
}
