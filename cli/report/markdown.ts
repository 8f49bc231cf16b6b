import { costText } from "./costs";
import { assemble, type Block, paragraph } from "./markdown/blocks";
import { domainBlocks } from "./markdown/domains";
import { text } from "./markdown/escape";
import { findingBlocks } from "./markdown/findings";
import { relayBlocks } from "./markdown/relays";
import { senderBlocks } from "./markdown/senders";
import { mermaid } from "./mermaid";
import type { MailReport } from "./report";
import { verdict } from "./verdict";

/** GitHub takes no longer comment ("body is too long (maximum is 65536 characters)"). */
export const COMMENT_LIMIT = 65_536;

/** How a report is written as Markdown. */
export interface MarkdownOptions {
  /** The most bytes, {@link COMMENT_LIMIT} by default. What does not fit is left out and counted. */
  limitBytes?: number;
}

/**
 * The report as GitHub Flavored Markdown for a pull request's comment. Names and values are from outside: none of them can
 * bring markup, HTML, a link or a mention into it.
 */
export function renderMarkdown(
  report: MailReport,
  { limitBytes = COMMENT_LIMIT }: MarkdownOptions = {},
): string {
  const stack = report.stack === undefined ? "" : ` for stack ${text(report.stack)}`;
  const blocks: Block[] = [
    paragraph("titles", `## Mail${stack}: ${verdict(report)}`),
    ...findingBlocks(report),
    ...relayBlocks(report),
    ...pathBlocks(report),
    ...domainBlocks(report),
    ...senderBlocks(report),
    ...costBlocks(report),
    ...unseenBlocks(report),
  ];
  return assemble(blocks, limitBytes, "`smarthost report` shows the whole report in a terminal");
}

function pathBlocks({ path }: MailReport): Block[] {
  return path === undefined
    ? []
    : [paragraph("diagrams", `### Mail path\n\n\`\`\`mermaid\n${mermaid(path)}\n\`\`\``)];
}

function costBlocks({ costs }: MailReport): Block[] {
  return costs.length === 0
    ? []
    : [
        {
          unit: "lists of costs",
          head: "### Costs\n",
          rows: costs.map((cost) => `- ${text(costText(cost))}`),
          tail: "",
        },
      ];
}

function unseenBlocks({ unseen }: MailReport): Block[] {
  return unseen === 0
    ? []
    : [paragraph("remarks", `The preview does not list ${unseen} resources that stay as they are.`)];
}
