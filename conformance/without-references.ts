import { Reference } from "../providers/kit";

/** An example with a number, as an id that nothing has, in the place of every other resource's output. */
export function withoutReferences(value: unknown): unknown {
  if (value instanceof Reference) return "4711";
  if (Array.isArray(value)) return value.map(withoutReferences);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutReferences(each)]));
}
