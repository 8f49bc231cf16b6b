import { type ApiChange, sortedChanges } from "./change";
import { compareSchemas } from "./compare-schemas";
import { compareReports } from "./compare-types";
import { parseReport } from "./report";

/** The files of a version's public API, by their names. */
export type PublicApi = ReadonlyMap<string, string>;

/**
 * What a program notices between two versions of the public API, the breaking changes first.
 * @throws Error that names a file which can't be read as what its name says
 */
export function compareApis(before: PublicApi, after: PublicApi): ApiChange[] {
  const changes: ApiChange[] = [];
  for (const [file, text] of before) {
    const next = after.get(file);
    if (next === undefined) {
      changes.push({ weight: "breaking", file, path: file, what: "removed: the entry point is gone" });
    } else if (file.endsWith(".api.md")) {
      changes.push(...compareReports(file, parseReport(text, file), parseReport(next, file)));
    } else {
      changes.push(...compareSchemas(file, JSON.parse(text), JSON.parse(next)));
    }
  }
  for (const file of after.keys()) {
    if (!before.has(file)) changes.push({ weight: "feature", file, path: file, what: "added" });
  }
  return sortedChanges(changes);
}
