import { plainText } from "../../plain-text";
import { table } from "../../table";
import type { TextStream } from "../../text-stream";

/** A table of the report, whose cells are from anywhere. */
export function tableText(head: string[], rows: string[][], out: TextStream): string {
  return table(
    head,
    rows.map((row) => row.map(plainText)),
    out,
  );
}
