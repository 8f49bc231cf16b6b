import { plainText } from "../../plain-text";

/** A value that is longer is shown by its beginning and its end, in characters. A DKIM key of 2048 bits has about 400. */
const LONGEST_VALUE = 160;
const BEGINNING = 100;
const END = 40;

/**
 * What GitHub would make a link, a notice to somebody or a mention in another issue's history of: web addresses, @names,
 * and numbers of issues. And what stands in backticks already.
 */
const SHOWN_AS_CODE =
  /`[^`\n]+`|\b(?:https?:\/\/|www\.)\S+|(?<![A-Za-z0-9])@[A-Za-z0-9][\w/-]*|[\w./-]*#\d+|\bGH-\d+/gi;

/**
 * Text from anywhere as Markdown that shows just this text, in a paragraph, a list or a cell of a table: no markup, no HTML,
 * no link, no mention. Lines are kept.
 */
export function text(value: string): string {
  return value
    .split(/\r?\n/)
    .map((line) => textOfLine(plainText(line)))
    .join("<br>");
}

function textOfLine(line: string): string {
  let done = 0;
  const parts: string[] = [];
  for (const match of line.matchAll(SHOWN_AS_CODE)) {
    parts.push(escaped(line.slice(done, match.index)), code(match[0].replace(/^`(.+)`$/, "$1")));
    done = match.index + match[0].length;
  }
  parts.push(escaped(line.slice(done)));
  return parts.join("");
}

function escaped(plain: string): string {
  return plain
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_{}[\]#|~$!]/g, "\\$&")
    .replace(/^(\s*)([-+=]|\d+(?=[.)]\s))/, "$1\\$2");
}

/**
 * A value from anywhere as a code span, also in a cell of a table. Line breaks and other control characters show as U+FFFD; a
 * long value is cut in its middle, with its length.
 */
export function code(value: string): string {
  const shown = shortened(plainText(value)).replaceAll("|", "\\|");
  if (shown.trim() === "") {
    return "(empty)";
  }
  // CommonMark: the fence is longer than any run of backticks inside, and a space next to a backtick is dropped.
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}

function shortened(value: string): string {
  return value.length <= LONGEST_VALUE
    ? value
    : `${value.slice(0, BEGINNING)} … ${value.slice(-END)} (${value.length} characters)`;
}
