import { quotedTxt } from "./txt";

interface ShownRecord {
  name: string;
  type: string;
  value: string;
  priority?: number;
  purpose: string;
}

/** Seconds that resolvers keep a record for which nothing else is said. */
const DEFAULT_TTL = 300;

/**
 * Records as lines of a zone file (RFC 1035 section 5.1): absolute names, TXT split and quoted, the purpose as a
 * comment above each. It can be included into a zone as it is.
 */
export function zoneText(records: readonly ShownRecord[]): string {
  return records
    .map(({ name, type, value, priority, purpose }) => {
      const data =
        type === "TXT" ? quotedTxt(value) : `${type === "MX" ? `${priority ?? 10} ` : ""}${absolute(value)}`;
      // A line break would end the comment.
      return `; ${purpose.replace(/[^ -~]+/g, " ")}\n${absolute(name)} ${DEFAULT_TTL} IN ${type} ${data}\n`;
    })
    .join("");
}

function absolute(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}

/** Records as a plain table for a person: type, name, value (with the MX preference in front), purpose. */
export function recordTable(records: readonly ShownRecord[]): string {
  const rows = [
    ["TYPE", "NAME", "VALUE"],
    ...records.map(({ name, type, value, priority }) => [
      type,
      name,
      priority === undefined ? value : `${priority} ${value}`,
    ]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([type = "", name = "", value = ""]) =>
      `${type.padEnd(widths[0] ?? 0)}  ${name.padEnd(widths[1] ?? 0)}  ${value}`.trimEnd(),
    )
    .join("\n");
}
