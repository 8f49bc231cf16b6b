import { styleText } from "node:util";
import { plainText } from "../../plain-text";
import type { TextStream } from "../../text-stream";
import type { RelayReport } from "../relay/relay-report";
import { relayVerdict } from "../verdict";
import { tableText } from "./plain-table";

/** What happens to a relay's mail, and its settings before and after. */
export function relayText(relay: RelayReport, out: TextStream): string {
  const { name, hostName, form, fate, meaning, details } = relay;
  const host = hostName === undefined ? "" : ` (${plainText(hostName)})`;
  const title = `${form === "fleet" ? "Fleet" : "Relay"} ${plainText(name)}${host}: ${relayVerdict(relay)}`;
  return [styleText("bold", title, { stream: out }), plainText(meaning), ...settings()].join("\n");

  function settings(): string[] {
    if (details.length === 0) {
      return [];
    }
    const isNew = fate === "new";
    const head = isNew ? ["Setting", "Value"] : ["Setting", "Before", "After"];
    const rows = details.map(({ what, before = "", after = "" }) =>
      isNew ? [what, after] : [what, before, after],
    );
    return [tableText(head, rows, out)];
  }
}
