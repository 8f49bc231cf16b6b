import { Reference } from "../providers/kit";
import { checkInputs } from "../providers/kit/lifecycle";
import { type Definition, exampleAt, nameOf } from "./life-cycle";

/** Ids that nothing has, in the forms that SendGrid's ids have. */
const IDS = ["4711", "6c1e0f3a-5a76-4a6f-9a3c-8c1f3bb5a000"];

/** A resource's example with an id that nothing has in the place of every other resource's output. */
export function exampleWithStandIns(definition: Definition, index: number): Record<string, unknown> {
  const candidates = IDS.map((id) => Object(withStandIn(exampleAt(definition, index), id)));
  const accepted = candidates.find((values) => {
    const given = { values, secrets: new Set<string>() };
    return checkInputs(definition.inputs, given, { rules: definition.rules }).faults.length === 0;
  });
  if (accepted === undefined) throw new Error(`${nameOf(definition)}: example ${index} takes no stand-in`);
  return accepted;
}

function withStandIn(value: unknown, id: string): unknown {
  if (value instanceof Reference) return id;
  if (Array.isArray(value)) return value.map((each) => withStandIn(each, id));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withStandIn(each, id)]));
}
