import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import { formatPath, type PropertyPath, pathIsUnder } from "./path";
import { defaultOf, memberOf, metaOf } from "./property";
import { containsUnknown } from "./unknown";

/** One difference between two sets of inputs. */
export interface Change {
  path: PropertyPath;
  kind: "add" | "delete" | "update";
  /** The resource has to be replaced for it. */
  replace: boolean;
}

/** How a diff is made. */
export interface DiffOptions {
  /** Paths that the user told Pulumi to ignore. */
  ignoreChanges?: readonly string[];
  /** The resource can't be updated: every change replaces it. */
  alwaysReplace?: boolean;
}

/**
 * The differences between two sets of checked inputs, smallest parts first named: one changed tag is the change
 * `tags.team`, not `tags`.
 */
export function diff(
  schema: z.ZodObject,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  options: DiffOptions = {},
): Change[] {
  return changesBetween(schema, before, after, [], options.alwaysReplace === true).filter(
    ({ path }) => !(options.ignoreChanges ?? []).some((pattern) => pathIsUnder(path, pattern)),
  );
}

/** Writes a change's path as Pulumi does. */
export const changedProperty = (change: Change): string => formatPath(change.path);

function changesBetween(
  schema: z.ZodType | undefined,
  before: unknown,
  after: unknown,
  path: PropertyPath,
  replaceAround: boolean,
): Change[] {
  const meta = schema === undefined ? {} : metaOf(schema);
  const replace = replaceAround || meta.replace === true;
  if (before === undefined && schema !== undefined && path.length > 0) {
    // State of an import, which has no such value, or of a provider that did not have the property yet.
    if (meta.neverReturned) return [];
    const implied = defaultOf(schema);
    if (implied !== undefined) return changesBetween(schema, implied, after, path, replaceAround);
  }
  if (before === after || isDeepStrictEqual(before, after))
    return containsUnknown(after) ? [{ path, kind: "update", replace }] : [];
  if (!containsUnknown(after) && meta.equals?.(before, after)) return [];
  if (before === undefined) return [{ path, kind: "add", replace }];
  if (after === undefined) return [{ path, kind: "delete", replace }];
  if (
    meta.equals === undefined &&
    divisible(before) &&
    divisible(after) &&
    Array.isArray(before) === Array.isArray(after)
  ) {
    return keysOf(before, after).flatMap((key) =>
      changesBetween(
        schema === undefined ? undefined : memberOf(schema, String(key)),
        Reflect.get(before, key),
        Reflect.get(after, key),
        [...path, key],
        replace,
      ),
    );
  }
  return [{ path, kind: "update", replace }];
}

function divisible(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function keysOf(before: object, after: object): (string | number)[] {
  if (Array.isArray(before) && Array.isArray(after))
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

/** Whether two values of a property mean the same to the resource. */
export function meansTheSame(schema: z.ZodType, before: unknown, after: unknown): boolean {
  return changesBetween(schema, before, after, [], false).length === 0;
}
