/**
 * A value that the engine does not know yet: in a preview, an output of a resource that has still to be
 * created. Property checks skip it, diffs count it as changed.
 */
export const UNKNOWN: unique symbol = Symbol("not known yet");
export type Unknown = typeof UNKNOWN;

/** `T` in a preview, where it, or anything inside it, may still be unknown. */
export type Previewed<T> =
  | Unknown
  | (T extends readonly (infer Item)[]
      ? Previewed<Item>[]
      : T extends object
        ? { [Key in keyof T]: Previewed<T[Key]> }
        : T);

/** Whether `value` is unknown or holds something unknown at any depth. */
export function containsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (typeof value === "object" && value !== null) return Object.values(value).some(containsUnknown);
  return false;
}

/** Computes a value from others, or answers {@link UNKNOWN} as long as one of them is. */
export function whenKnown<const Values extends readonly unknown[], Result>(
  values: Values,
  compute: (...known: { [Index in keyof Values]: Exclude<Values[Index], Unknown> }) => Result,
): Result | Unknown {
  if (values.some(containsUnknown)) return UNKNOWN;
  return compute(...(values as { [Index in keyof Values]: Exclude<Values[Index], Unknown> }));
}
