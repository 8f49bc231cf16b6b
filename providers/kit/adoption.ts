import * as z from "zod";
import type { AnyResource, CreateOperation } from "./definition";
import { diffInputs } from "./difference";
import { isUncertain } from "./errors";
import { formatPath } from "./path";
import { membersOf, metaOf } from "./property";

/*
 * Resources with an identity: one that exists already is taken over where the program says so, and refused
 * otherwise; none is made twice.
 */

type Values = Record<string, unknown>;
type Created = { id: string; outputs: Values };

/** The inputs with the one by which a program allows to take over what exists. */
export function adoptable<Inputs extends z.ZodObject>(inputs: Inputs, properties: readonly string[]): Inputs {
  const description =
    `Whether one that exists already with the same ${list(properties)} is taken over and changed to these ` +
    "inputs, instead of being refused. It matters at the creation only.";
  const adopt = z
    .boolean()
    .optional()
    .meta({ description, neverReturned: true, equals: () => true });
  // The type stays that of the inputs which the definition names: see ownInputs().
  return inputs.extend({ adopt }) as unknown as Inputs;
}

/** The inputs that the definition names itself: its functions have no business with the one that is added. */
export function ownInputs({ identity }: AnyResource<never>, inputs: Values): Values {
  if (identity === undefined) return inputs;
  const { adopt, ...own } = inputs;
  return own;
}

/** Creates a resource unless it exists. */
export async function createOnce<Session>(
  resource: AnyResource<Session>,
  given: CreateOperation<Session, Values>,
): Promise<Created> {
  const { identity } = resource;
  if (identity === undefined) return await resource.create(given);
  const { adopt } = given.inputs;
  const operation = { ...given, inputs: ownInputs(resource, given.inputs) };
  const existing = await identity.find(operation);
  if (existing !== undefined) {
    if (adopt === true) return await takeOver(resource, existing, operation);
    throw new Error(existsAlready(resource, existing, operation));
  }
  return await resource.create(operation).catch(async (error: unknown) => {
    if (!isUncertain(error)) throw error;
    // It was not there before, so that what is there now is this create's.
    const made = await identity.find(operation);
    return await (made === undefined ? resource.create(operation) : takeOver(resource, made, operation));
  });
}

async function takeOver<Session>(
  resource: AnyResource<Session>,
  id: string,
  operation: CreateOperation<Session, Values>,
): Promise<Created> {
  const { inputs } = operation;
  const found = await resource.read({ ...operation, id, inputs: undefined, state: {} });
  if (found === undefined)
    throw new Error(`${described(resource, inputs)} was there a moment ago and is gone: run the same again.`);
  const known = (values: Values) => ({ values, secrets: new Set<string>() });
  const state = { ...found.inputs, ...found.outputs };
  const { changes } = diffInputs(resource, known(found.inputs), known(state), known(inputs), []);
  const fixed = changes.filter(({ replace }) => replace).map(({ path }) => path);
  if (fixed.length > 0) throw new Error(unlike(resource, id, fixed, found.inputs, inputs));
  // Also where there is no change to be seen: what the API never returns is brought to what the program says.
  const updated = await resource.update?.({
    ...operation,
    id,
    oldInputs: found.inputs,
    state: found.outputs,
  });
  return { id: found.id ?? id, outputs: { ...found.outputs, ...updated } };
}

function existsAlready(
  resource: AnyResource<never>,
  id: string,
  { inputs, urn }: { inputs: Values; urn: string },
): string {
  return (
    `${described(resource, inputs)} exists already, with the id ${id}. Take it over with adopt: true, or with ` +
    `\`pulumi import ${resource.token} ${urn.split("::").at(-1)} ${shellWord(id)}\`, ` +
    `or choose another ${list(resource.identity?.properties ?? [], "or")}.`
  );
}

function unlike(
  resource: AnyResource<never>,
  id: string,
  paths: readonly (readonly (string | number)[])[],
  found: Values,
  inputs: Values,
): string {
  const members = new Map(membersOf(resource.inputs));
  const differences = [...new Set(paths.map(([property]) => String(property)))].map((property) => {
    const member = members.get(property);
    const isSecret = member !== undefined && metaOf(member).secret === true;
    const values = isSecret
      ? ""
      : ` (it is ${JSON.stringify(found[property])}, not ${JSON.stringify(inputs[property])})`;
    return `${formatPath([property])}${values}`;
  });
  return (
    `${described(resource, inputs)} exists already, with the id ${id}, and can't be taken over: ` +
    `${differences.join(", ")} can't be changed. Give the values that it has, or delete it and run the same again.`
  );
}

function described({ token, identity }: AnyResource<never>, inputs: Values): string {
  const values = (identity?.properties ?? []).map(
    (property) => `${property} ${JSON.stringify(inputs[property])}`,
  );
  return `${token.split(":").at(-1)} with ${list(values)}`;
}

function list(items: readonly string[], conjunction = "and"): string {
  return items.length < 2
    ? items.join("")
    : `${items.slice(0, -1).join(", ")} ${conjunction} ${items.at(-1)}`;
}

/** An id as a shell takes it: quoted where it needs to be. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
