import { markdownTable } from "markdown-table";

/** Rows below a head, without the columns' padding, so that a changed cell changes one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(cell));
  return markdownTable([head, ...cells], { alignDelimiters: false });
}

function cell(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|");
}

/** Leads to a heading of a page by its name; undefined where the page has none of it. */
export type Anchors = (name: string) => string | undefined;

/** The anchors that GitHub gives to a page's headings, in their order: a second one of a spelling gets a number. */
export function anchorsOf(headings: readonly string[]): Anchors {
  const taken = new Map<string, number>();
  const anchors = new Map<string, string>();
  for (const heading of headings) {
    const plain = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const count = taken.get(plain) ?? 0;
    taken.set(plain, count + 1);
    if (!anchors.has(heading)) anchors.set(heading, count === 0 ? plain : `${plain}-${count}`);
  }
  return (name) => anchors.get(name);
}

/** A type as text whose names lead to their headings. */
export function linkedType(type: string, anchors: Anchors): string {
  // What is quoted is a value, and not the name of a type.
  return type
    .split(/("[^"]*")/)
    .map((part) =>
      part.startsWith('"')
        ? `\`${part}\``
        : part.replace(/[<>[\]*_{}]|[A-Za-z$][\w$.]*/g, (found) => {
            const anchor = anchors(found);
            if (anchor !== undefined) return `[${found}](#${anchor})`;
            return found.replace(/[<>[\]*_{}]/g, "\\$&");
          }),
    )
    .join("");
}

/** A comment's text as Markdown, its `{@link name}` as links. */
export function linkedText(text: string, anchors: Anchors): string {
  return text.replace(/\{@link\s+([^}\s]+)\s*\}/g, (_, name: string) => {
    const anchor = anchors(name) ?? anchors(`${name}()`);
    return anchor === undefined ? `\`${name}\`` : `[\`${name}\`](#${anchor})`;
  });
}

/** The first sentence, for a list. */
export function firstSentence(text: string): string {
  const [paragraph = ""] = text.split(/\n\s*\n/);
  const plain = paragraph.replace(/\s+/g, " ").replace(/\{@link\s+([^}\s]+)\s*\}/g, "`$1`");
  return /^.*?\.(?= [A-Z`]|$)/.exec(plain)?.[0] ?? plain;
}
