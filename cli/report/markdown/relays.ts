import type { RelayReport } from "../relays";
import type { MailReport } from "../report";
import { relayVerdict } from "../verdict";
import { type Block, paragraph, tableBlock } from "./blocks";
import { code, text } from "./escape";

/** Longer tables are folded. */
const MOST_ROWS = 8;

/** What happens to the mail of each relay. */
export function relayBlocks({ relays }: MailReport): Block[] {
  return relays.flatMap(relayBlock);
}

function relayBlock(relay: RelayReport): Block[] {
  const { name, hostName, form, fate, meaning, details } = relay;
  const host = hostName === undefined ? "" : ` (${code(hostName)})`;
  const title = `### ${form === "fleet" ? "Fleet" : "Relay"} ${code(name)}${host}: ${relayVerdict(relay)}`;
  const rows = details.map(({ what, before, after }) => [text(what), optional(before), optional(after)]);
  const isNew = fate === "new";
  return [
    paragraph("relays", `${title}\n\n${text(meaning)}`),
    ...(rows.length === 0
      ? []
      : [
          tableBlock(
            "tables of relays",
            rows.length > MOST_ROWS ? `${rows.length} settings` : "",
            isNew ? ["Setting", "Value"] : ["Setting", "Before", "After"],
            isNew ? rows.map(([what = "", , after = ""]) => [what, after]) : rows,
            rows.length > MOST_ROWS,
          ),
        ]),
  ];
}

function optional(value: string | undefined): string {
  return value === undefined ? "" : code(value);
}
