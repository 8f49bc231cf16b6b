import { styleText } from "node:util";
import { plainText } from "../plain-text";
import type { TextStream } from "../text-stream";
import { costText } from "./costs";
import type { Difference, MailReport, ReportFinding } from "./report";
import { domainText } from "./text/domain";
import { tableText } from "./text/plain-table";
import { relayText } from "./text/relay";
import { verdict } from "./verdict";

const COLOURS = { error: "red", warning: "yellow", info: "cyan" } as const;

/** The report for a terminal: in colour there, and in a pipe without, each row of a table on one line. */
export function renderText(report: MailReport, out: TextStream): string {
  const bold = (title: string) => styleText("bold", title, { stream: out });
  const stack = report.stack === undefined ? "" : ` for stack ${plainText(report.stack)}`;
  const { costs, senders, unseen } = report;
  const sections = [
    bold(`Mail${stack}: ${verdict(report)}`),
    report.findings.map((finding) => findingText(finding, out)).join("\n"),
    ...report.relays.map((relay) => relayText(relay, out)),
    ...report.domains.map((domain) => domainText(domain, out)),
    senders.length === 0
      ? ""
      : `${bold("At SendGrid")}\n${tableText(
          ["What", "Name", "Change", "Meaning"],
          senders.map(({ kind, name, change, meaning, details }) => [
            kind,
            name,
            change,
            [meaning, ...details.map(differenceText)].filter((part) => part !== "").join(" "),
          ]),
          out,
        )}`,
    costs.length === 0
      ? ""
      : `${bold("Costs")}\n${costs.map((cost) => plainText(costText(cost))).join("\n")}`,
    unseen === 0 ? "" : `The preview does not list ${unseen} resources that stay as they are.`,
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function findingText({ severity, subject, path, message, next }: ReportFinding, out: TextStream): string {
  const where = subject === undefined || subject === path ? path : `${subject}: ${path}`;
  const lines = message.split(/\r?\n/).map(plainText).join("\n  ");
  const mark = styleText(COLOURS[severity], severity, { stream: out });
  return `${mark} ${plainText(where)}: ${lines}.\n  Next: ${plainText(next)}`;
}

function differenceText({ what, before = NONE, after = NONE }: Difference): string {
  return `${what}: ${before} → ${after}.`;
}

/** In place of a side that is not there. */
const NONE = "(none)";
