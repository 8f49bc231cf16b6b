import type { Declared, Member } from "./declared";
import { type Anchors, anchorsOf, linkedText, linkedType, table } from "./markdown";
import { oneLine } from "./read-members";

/** The parts of a page, in their order. */
const PARTS: readonly { title: string; note?: string; has: (each: Declared) => boolean }[] = [
  { title: "Components", has: ({ kind }) => kind === "component" },
  { title: "Functions", has: ({ kind }) => kind === "function" },
  { title: "Types", has: ({ kind, exported }) => kind === "type" && exported },
  {
    title: "Types that the others mention",
    note: "A program can't import these by name.",
    has: ({ kind, exported }) => kind === "type" && !exported,
  },
];

/** A page that says of everything that an entry point exports what it is and takes. @param specifier what programs import from */
export function typesPage(specifier: string, declared: readonly Declared[]): string {
  const parts = PARTS.map((part) => ({ ...part, declared: declared.filter(part.has) })).filter(
    (part) => part.declared.length > 0,
  );
  const title = `Reference of ${specifier}`;
  const headings = parts.flatMap((part) => [part.title, ...part.declared.map(headingOf)]);
  const anchors = anchorsOf([title, ...headings]);
  const blocks = [
    `# ${title}`,
    "Generated from the types by `npm run release -- api`. A `?` marks what can be left out.",
    ...parts.flatMap((part) => [
      `## ${part.title}`,
      ...(part.note === undefined ? [] : [part.note]),
      ...part.declared.flatMap((each) => section(each, anchors)),
    ]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** The names that a program can import, each with its heading and what it is, for a list of all pages. */
export function listedNames(declared: readonly Declared[]): [heading: string, description: string][] {
  return PARTS.flatMap(({ has }) => declared.filter((each) => each.exported && has(each))).map((each) => [
    headingOf(each),
    each.description,
  ]);
}

/** What stands above a declaration: functions are told from types of nearly the same name. */
const headingOf = ({ name, kind }: Declared) => (kind === "function" ? `${name}()` : name);

function section(each: Declared, anchors: Anchors): string[] {
  const { description, code, parameters, returns, throws, members, kind } = each;
  return [
    `### ${headingOf(each)}`,
    linkedText(description, anchors),
    code === undefined ? "" : `\`\`\`text\n${code}\n\`\`\``,
    code === undefined ? "" : mentioned(code, each, anchors),
    memberTable("Parameter", parameters, anchors),
    returns === undefined ? "" : `Returns: ${linkedText(returns, anchors)}`,
    ...throws.map((thrown) => `Throws: ${linkedText(thrown, anchors)}`),
    memberTable(kind === "component" ? "Output" : "Property", members, anchors),
  ].filter((block) => block !== "");
}

/** Links to what a block of code mentions, because there can be none inside of it. */
function mentioned(code: string, { name }: Declared, anchors: Anchors): string {
  const names = new Set(oneLine(code).match(/\b[A-Z]\w*/g) ?? []);
  const links = [...names].flatMap((each) => {
    const anchor = each === name ? undefined : anchors(each);
    return anchor === undefined ? [] : [`[${each}](#${anchor})`];
  });
  return links.length === 0 ? "" : `See ${links.join(", ")}.`;
}

function memberTable(what: string, members: readonly Member[], anchors: Anchors): string {
  if (members.length === 0) return "";
  return table(
    [what, "Type", "What it is"],
    members.map(({ name, optional, type, description }) => [
      `\`${name}\`${optional ? "?" : ""}`,
      linkedType(type, anchors),
      linkedText(description, anchors),
    ]),
  );
}
