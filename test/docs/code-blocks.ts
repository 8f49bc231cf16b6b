import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** A fenced block of a document. */
export interface CodeBlock {
  /** Path of the document from the project's root. */
  file: string;
  /** Line of the opening fence. */
  line: number;
  language: string;
  code: string;
}

const FENCE = /^```(\S*)\s*$/;

/** All fenced blocks of README.md, CONTRIBUTING.md and docs/, in order. */
export function codeBlocks(root: string): CodeBlock[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map(
    (file) => `docs/${file}`,
  );
  return ["README.md", "CONTRIBUTING.md", ...docs]
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) =>
      blocksOf(relative(root, join(root, file)), readFileSync(join(root, file), "utf8").split("\n")),
    );
}

function blocksOf(file: string, lines: string[]): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: CodeBlock | undefined;
  lines.forEach((text, index) => {
    const fence = FENCE.exec(text);
    if (open && fence) {
      blocks.push(open);
      open = undefined;
    } else if (open) {
      open.code += `${text}\n`;
    } else if (fence) {
      open = { file, line: index + 1, language: fence[1] ?? "", code: "" };
    }
  });
  if (open) {
    throw new Error(`${file}:${open.line}: the code block has no end`);
  }
  return blocks;
}
