import { markdownTable } from "markdown-table";

/** A part of a comment that can be cut between its rows, or left out as a whole. */
export interface Block {
  /** What is counted when it is left out, in the plural: `domains`. */
  unit: string;
  head: string;
  rows: string[];
  tail: string;
}

/** A paragraph, a heading or the like. */
export function paragraph(unit: string, markdown: string): Block {
  return { unit, head: markdown, rows: [], tail: "" };
}

/**
 * A table. Cells are Markdown already.
 *
 * @param title is above the table
 * @param folded makes it a section that a reader opens by a click, under the title
 */
export function tableBlock(
  unit: string,
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  folded = false,
): Block {
  const [names = "", line = "", ...body] = markdownTable([head, ...rows], { alignDelimiters: false }).split(
    "\n",
  );
  return folded
    ? {
        unit,
        head: `<details><summary>${title}</summary>\n\n${names}\n${line}`,
        rows: body,
        tail: "\n</details>",
      }
    : {
        unit,
        head: title === "" ? `${names}\n${line}` : `${title}\n\n${names}\n${line}`,
        rows: body,
        tail: "",
      };
}

/** Space for saying what was left out, in bytes. */
const NOTE_BYTES = 600;
/** No block takes more of what is left than this, so that a thousand findings leave room for the domains. */
const MOST_OF_THE_REST = 0.6;

/**
 * The blocks as one text of at most so many bytes in UTF-8. Whole blocks go in as long as there is room; a long one is cut
 * between rows. What is left out is counted at the end.
 *
 * @param whole where the whole report can be read, as the end of a sentence
 */
export function assemble(blocks: readonly Block[], limitBytes: number, whole: string): string {
  const all = blocks.map(render).join("\n\n");
  if (bytes(all) <= limitBytes) {
    return `${all}\n`;
  }
  let left = limitBytes - NOTE_BYTES;
  const parts: string[] = [];
  const omitted = new Map<string, number>();
  for (const block of blocks) {
    const cut = fitted(block, left);
    if (cut === undefined) {
      omitted.set(block.unit, (omitted.get(block.unit) ?? 0) + 1);
    } else {
      parts.push(cut);
      left -= bytes(cut) + 2;
    }
  }
  const counts = [...omitted].map(([unit, count]) => `${count} ${unit}`).join(", ");
  const note = counts === "" ? "Lists are shortened" : `Not shown: ${counts}`;
  parts.push(`**This comment is full.** ${note}; ${whole}.`);
  return `${parts.join("\n\n")}\n`;
}

function fitted(block: Block, left: number): string | undefined {
  const whole = render(block);
  if (bytes(whole) <= left * MOST_OF_THE_REST || (block.rows.length === 0 && bytes(whole) <= left)) {
    return whole;
  }
  if (block.rows.length === 0) {
    return undefined;
  }
  let room = left * MOST_OF_THE_REST - bytes(block.head) - bytes(block.tail) - 80;
  const rows = block.rows.filter((row) => {
    room -= bytes(row) + 1;
    return room >= 0;
  });
  return rows.length === 0
    ? undefined
    : render({ ...block, rows, tail: `\n… and ${block.rows.length - rows.length} more.\n${block.tail}` });
}

function render({ head, rows, tail }: Block): string {
  return [head, ...rows, ...(tail === "" ? [] : [tail])].join("\n");
}

/** Length in UTF-8: GitHub counts characters, and there are never more of these than bytes. */
function bytes(text: string): number {
  return Buffer.byteLength(text);
}
