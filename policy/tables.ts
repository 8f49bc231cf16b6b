import { markdownTable } from "markdown-table";
import { configSchema } from "./pack";
import type { Rule } from "./rule";

/** The rules for readers of Markdown, a row each. */
export function ruleTable(rules: readonly Rule[]): string {
  const rows = rules.map(({ name, description, remediation, level, severity, scope }) => [
    `\`${name}\``,
    level,
    severity,
    scope,
    description,
    remediation,
  ]);
  return table(["Rule", "Level", "Severity", "Looks at", "What has to hold", "What to do"], rows);
}

/** The settings of all rules, a row each. */
export function settingTable(rules: readonly Rule[]): string {
  const rows = rules.flatMap(({ name, settings }) =>
    Object.entries(configSchema(settings)?.properties ?? {}).map(
      ([setting, { type, items, default: fallback, description }]) => [
        `\`${name}\``,
        `\`${setting}\``,
        type === "array"
          ? `list of ${typeof items === "object" && !Array.isArray(items) ? items.type : "any"}`
          : String(type),
        `\`${JSON.stringify(fallback)}\``,
        description ?? "",
      ],
    ),
  );
  return table(["Rule", "Setting", "Type", "Default", "Meaning"], rows);
}

function table(head: string[], rows: string[][]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  return markdownTable([head, ...escaped], { alignDelimiters: false });
}
