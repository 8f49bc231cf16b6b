import type { Fault } from "../components/faults";

/** What is wrong with an object of which exactly one member is to be given: which ones were, and which there are. */
export function exactlyOne(
  given: Readonly<Record<string, unknown>>,
  path: string,
  members: readonly string[],
): Fault[] {
  const present = members.filter((member) => given[member] !== undefined);
  if (present.length === 1) return [];
  const reason =
    present.length === 0
      ? `has none of ${members.join(", ")}`
      : `has ${present.join(" and ")}, which exclude each other`;
  const next = present.length === 0 ? "Give exactly one of them." : "Keep exactly one of them.";
  return [{ path, reason, next }];
}
