/** How much a change asks of the programs that use what it changes. */
export type Weight = "breaking" | "feature";

/** A difference between two versions of the public API. */
export interface ApiChange {
  weight: Weight;
  /** Where: the file of the API's folder. */
  file: string;
  /** What: a dotted path from an exported name or a resource. */
  path: string;
  /** What became of it: "removed", "is required now". */
  what: string;
}

/** Each once, the breaking ones first. */
export function sortedChanges(changes: readonly ApiChange[]): ApiChange[] {
  const once = new Map(changes.map((change) => [JSON.stringify(change), change]));
  const rank = ({ weight, file, path }: ApiChange) => `${weight === "breaking" ? 0 : 1} ${file} ${path}`;
  return [...once.values()].toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
