import { isDeepStrictEqual } from "node:util";
import type { AnyResource } from "./definition";
import { type Change, diff } from "./diff";
import { membersOf } from "./property";
import type { Properties } from "./wire";

/** What a diff comes to. */
export interface Difference {
  changes: Change[];
  deleteBeforeReplace: boolean;
}

/** The changes from the inputs in the state to new ones. */
export function diffInputs(
  resource: AnyResource<never>,
  oldInputs: Properties,
  state: Properties,
  inputs: Properties,
  ignoreChanges: readonly string[],
): Difference {
  const before = { ...oldInputs.values };
  const after = { ...inputs.values };
  for (const [name] of membersOf(resource.inputs)) {
    // The engine of an old state kept no inputs, and an optional input can have got its value from the API.
    const computed = name in resource.outputs.shape;
    if (computed || Object.keys(oldInputs.values).length === 0) before[name] ??= state.values[name];
    if (computed) after[name] ??= before[name];
  }
  const { deleteBeforeReplace = keepsIdentity(resource, before, after) } = resource;
  const changes = diff(resource.inputs, before, after, {
    ignoreChanges,
    alwaysReplace: resource.update === undefined,
  });
  return {
    changes: changes.map((change) => ({
      ...change,
      replace: change.replace || resource.replaces?.(String(change.path[0]), before, after) === true,
    })),
    deleteBeforeReplace:
      typeof deleteBeforeReplace === "function" ? deleteBeforeReplace(before, after) : deleteBeforeReplace,
  };
}

/** Whether a replacement has the identity of what it replaces, so that both can't exist at a time. */
function keepsIdentity(
  { identity }: AnyResource<never>,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): boolean {
  return (
    identity?.properties.every((property) => isDeepStrictEqual(before[property], after[property])) ?? false
  );
}
