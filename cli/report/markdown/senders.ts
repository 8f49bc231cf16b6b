import type { MailReport, SenderReport } from "../report";
import { type Block, tableBlock } from "./blocks";
import { code, text } from "./escape";

/** What changes at SendGrid. */
export function senderBlocks({ senders }: MailReport): Block[] {
  return senders.length === 0
    ? []
    : [
        tableBlock(
          "lists of SendGrid's objects",
          "### At SendGrid",
          ["What", "Name", "Change", "Meaning"],
          senders.map(row),
        ),
      ];
}

function row({ kind, name, change, details, meaning }: SenderReport): string[] {
  const lines = details.map(
    ({ what, before = "(none)", after = "(none)" }) => `${text(what)}: ${code(before)} → ${code(after)}`,
  );
  return [kind, code(name), change, [...(meaning === "" ? [] : [text(meaning)]), ...lines].join("<br>")];
}
