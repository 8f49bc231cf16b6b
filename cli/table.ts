import { styleText } from "node:util";
import Table from "cli-table3";
import type { TextStream } from "./text-stream";

const BORDERS = [
  ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
  ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid"],
] as const;
const GAP = 2;
const NARROWEST = 24;

/**
 * A table without borders. In a terminal the last column breaks at words to fit the width; elsewhere each row is one
 * line, for grep and the like.
 */
export function table(head: string[], rows: string[][], out: TextStream): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const others = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP, 0);
  const last = Math.max(NARROWEST, (out.columns ?? 0) - others - GAP);
  const breaks = out.isTTY === true && (widths.at(-1) ?? 0) > last;
  const made = new Table({
    head: head.map((title) => styleText("bold", title, { stream: out })),
    chars: { ...Object.fromEntries(BORDERS.map((border) => [border, ""])), middle: " ".repeat(GAP) },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
    ...(breaks && { colWidths: [...widths.slice(0, -1), last], wordWrap: true }),
  });
  made.push(...rows);
  return made.toString().replace(/ +$/gm, "");
}
