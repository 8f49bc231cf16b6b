import type { MailReport } from "./report";

/** The report as one JSON object; its shape is that of `MailReport`. */
export function jsonReport(report: MailReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
