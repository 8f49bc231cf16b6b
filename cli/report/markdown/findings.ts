import type { MailReport, ReportFinding } from "../report";
import { type Block, tableBlock } from "./blocks";
import { code, text } from "./escape";

const HEAD = ["Severity", "Where", "What", "Next"];

/** Errors and warnings in a table; what only explains, folded. */
export function findingBlocks({ findings }: MailReport): Block[] {
  const [severe, info] = [findings.filter(isSevere), findings.filter((finding) => !isSevere(finding))];
  return [
    ...(severe.length === 0 ? [] : [tableBlock("lists of findings", "", HEAD, severe.map(row))]),
    ...(info.length === 0
      ? []
      : [tableBlock("lists of notes", `${info.length} notes`, HEAD, info.map(row), true)]),
  ];
}

function isSevere({ severity }: ReportFinding): boolean {
  return severity !== "info";
}

function row({ severity, subject, path, message, next }: ReportFinding): string[] {
  const where = subject === undefined || subject === path ? code(path) : `${text(subject)}: ${code(path)}`;
  return [severity === "error" ? "**error**" : severity, where, text(message), text(next)];
}
