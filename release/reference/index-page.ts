import { anchorsOf, firstSentence } from "./markdown";

/** A page of the reference, as the list of all names has it. */
export interface ListedPage {
  /** Its file's name. */
  file: string;
  /** What programs import, or where it is used. */
  title: string;
  /** The page's headings that stand for names, with what they are; a heading is on its page once. */
  names: readonly [heading: string, description: string][];
}

/** docs/reference/README.md: every name of the pages, with its first sentence. */
export function indexPage(pages: readonly ListedPage[], contents: ReadonlyMap<string, string>): string {
  const sections = pages.map(({ file, title, names }) => {
    const headings = [...(contents.get(file) ?? "").matchAll(/^#+ (.+)$/gm)].map(
      ([, heading = ""]) => heading,
    );
    const anchors = anchorsOf(headings);
    const lines = names.map(([heading, description]) => {
      const sentence = firstSentence(description);
      return `- [\`${heading}\`](${file}#${anchors(heading)})${sentence === "" ? "" : `: ${sentence}`}`;
    });
    return `## [${title}](${file})\n\n${lines.join("\n")}`;
  });
  return `${[
    "# Reference",
    "Generated from types and schemas by `npm run release -- api`.",
    ...sections,
  ].join("\n\n")}\n`;
}
