/** A version's section of the changelog. */
export interface ChangelogSection {
  version: string;
  /** ISO date, or "unreleased". */
  date: string;
  /** The `###` headings, such as "Added". */
  headings: string[];
  /** What stands below the version's heading, Markdown. */
  notes: string;
}

const HEADING = /^## (\S+) \((unreleased|\d{4}-\d{2}-\d{2})\)$/;

/**
 * The sections of a changelog, newest first, each headed `## 1.2.3 (2026-11-24)` or `## 1.2.3 (unreleased)`.
 * @throws Error that names a heading of another form
 */
export function parseChangelog(text: string): ChangelogSection[] {
  const parts = text.split(/^(?=## )/m).filter((part) => part.startsWith("## "));
  return parts.map((part) => {
    const [first = "", ...lines] = part.split("\n");
    const [, version, date] = HEADING.exec(first) ?? [];
    if (version === undefined || date === undefined) {
      throw new Error(
        `CHANGELOG.md: "${first}" is no heading of a version. Write "## 1.2.3 (2026-11-24)" or "## 1.2.3 (unreleased)".`,
      );
    }
    return {
      version,
      date,
      headings: lines.flatMap((line) => /^### (.+)$/.exec(line)?.[1] ?? []),
      notes: lines.join("\n").trim(),
    };
  });
}
