import { status } from "@grpc/grpc-js";
import type * as z from "zod";
import { createOnce, ownInputs } from "./adoption";
import { type CheckOptions, check, type Fault } from "./check";
import type { AnyFunction, AnyResource, Operation } from "./definition";
import { meansTheSame } from "./diff";
import { IncompleteResource, StatusError } from "./errors";
import { membersOf, metaOf } from "./property";
import { UNKNOWN } from "./unknown";
import type { Properties } from "./wire";

/*
 * The life cycle of one resource in terms of its definition: what the engine asks, without the protocol that it
 * asks by.
 */

type Values = Record<string, unknown>;

/** Checks what a program gave. The inputs come back normalised, with defaults, with secrets marked. */
export function checkInputs(
  schema: z.ZodObject,
  given: Properties,
  options: Pick<CheckOptions, "rules" | "owner"> = {},
): { faults: Fault[]; inputs: Properties } {
  const secrets = union(given.secrets, secretMembers(schema));
  const { faults, values } = check(schema, given.values, {
    ...options,
    isSecret: (name) => secrets.has(name),
  });
  return { faults, inputs: { values, secrets } };
}

/** The state that a create will have, as far as it is known before. */
export function previewCreate(resource: AnyResource<never>, inputs: Properties): Properties {
  const foreseen: Values = resource.preview?.(inputs.values) ?? {};
  const outputs = membersOf(resource.outputs).map(([name]) => [
    name,
    name in foreseen ? foreseen[name] : UNKNOWN,
  ]);
  return stateOf(resource, inputs, Object.fromEntries(outputs));
}

/** The state that an update will have: outputs keep their value unless the definition says otherwise. */
export function previewUpdate(
  resource: AnyResource<never>,
  inputs: Properties,
  state: Properties,
): Properties {
  const before = outputsIn(resource, state);
  const foreseen: Values = resource.preview?.(inputs.values, before) ?? {};
  return stateOf(resource, inputs, { ...before, ...foreseen }, state);
}

/** Creates it, or takes over what exists. */
export async function create<Session>(
  resource: AnyResource<Session>,
  inputs: Properties,
  operation: Operation<Session> & { replacing?: string },
): Promise<{ id: string; state: Properties }> {
  const created = await completing(resource, inputs, undefined, () =>
    createOnce(resource, { ...operation, inputs: parsedInputs(resource, inputs) }),
  );
  return { id: created.id, state: stateOf(resource, inputs, created.outputs) };
}

/** Reads what exists; undefined if it is gone. */
export async function read<Session>(
  resource: AnyResource<Session>,
  id: string,
  oldInputs: Properties,
  state: Properties,
  operation: Operation<Session>,
): Promise<{ id: string; inputs: Properties; state: Properties } | undefined> {
  const isImport = Object.keys(oldInputs.values).length === 0;
  const found = await resource.read({
    ...operation,
    id,
    inputs: isImport ? undefined : oldInputs.values,
    state: outputsIn(resource, state),
  });
  if (found === undefined) return undefined;
  const inputs = {
    values: isImport ? found.inputs : refreshedInputs(resource.inputs, oldInputs.values, found.inputs),
    secrets: union(oldInputs.secrets, secretMembers(resource.inputs)),
  };
  const outputs = { ...outputsIn(resource, state), ...found.outputs };
  return { id: found.id ?? id, inputs, state: stateOf(resource, inputs, outputs, state) };
}

/** Updates it in place. */
export async function update<Session>(
  resource: AnyResource<Session>,
  id: string,
  oldInputs: Properties,
  state: Properties,
  inputs: Properties,
  operation: Operation<Session>,
): Promise<Properties> {
  if (resource.update === undefined)
    throw new StatusError(status.UNIMPLEMENTED, `${resource.token} can't be updated, only replaced`);
  const outputs = await completing(
    resource,
    inputs,
    state,
    () =>
      resource.update?.({
        ...operation,
        id,
        inputs: ownInputs(resource, parsedInputs(resource, inputs)),
        oldInputs: oldInputs.values,
        state: outputsIn(resource, state),
      }) ?? Promise.resolve({}),
  );
  return stateOf(resource, inputs, { ...outputsIn(resource, state), ...outputs }, state);
}

/** Deletes it. */
export async function remove<Session>(
  resource: AnyResource<Session>,
  id: string,
  oldInputs: Properties,
  state: Properties,
  operation: Operation<Session> & { replacedAt?: Date },
): Promise<void> {
  const inputs = Object.keys(oldInputs.values).length > 0 ? oldInputs.values : state.values;
  await resource.delete({ ...operation, id, inputs, state: outputsIn(resource, state) });
}

/** Calls a function. */
export async function call<Session>(
  definition: AnyFunction<Session>,
  given: Properties,
  operation: Omit<Operation<Session>, "urn">,
): Promise<{ faults: Fault[]; result?: Properties }> {
  const { faults, inputs } = checkInputs(definition.inputs, given, { owner: "this function" });
  if (faults.length > 0) return { faults };
  const values = await definition.call({ ...operation, inputs: inputs.values });
  return { faults: [], result: { values, secrets: secretMembers(definition.outputs) } };
}

/** A create or update that left something behind, with the state to keep. */
export class IncompleteState extends Error {
  constructor(
    readonly incomplete: IncompleteResource,
    readonly inputs: Properties,
    readonly state: Properties,
  ) {
    super(incomplete.message, { cause: incomplete });
  }
}

async function completing<Result>(
  resource: AnyResource<never>,
  inputs: Properties,
  state: Properties | undefined,
  operation: () => Promise<Result>,
): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof IncompleteResource)) throw error;
    throw new IncompleteState(error, inputs, stateOf(resource, inputs, error.outputs, state));
  }
}

/** State: the inputs, and the outputs over them. What was a secret stays one. */
function stateOf(
  resource: AnyResource<never>,
  inputs: Properties,
  outputs: Values,
  before?: Properties,
): Properties {
  const secrets = union(inputs.secrets, secretMembers(resource.inputs), secretMembers(resource.outputs));
  return {
    values: { ...inputs.values, ...outputs },
    secrets: before ? union(secrets, before.secrets) : secrets,
  };
}

/**
 * The inputs after a refresh. What the user does not set is not managed and stays unset; what means the same
 * keeps the user's spelling; what the API never returns stays.
 */
function refreshedInputs(schema: z.ZodObject, before: Values, found: Values): Values {
  const refreshed: Values = {};
  for (const [name, member] of membersOf(schema)) {
    if (before[name] === undefined) continue;
    const keep =
      (found[name] === undefined && metaOf(member).neverReturned === true) ||
      (found[name] !== undefined && meansTheSame(member, before[name], found[name]));
    refreshed[name] = keep ? before[name] : found[name];
  }
  return refreshed;
}

function parsedInputs(resource: AnyResource<never>, inputs: Properties): Values {
  const { rules } = resource;
  const { faults, inputs: checked } = checkInputs(resource.inputs, inputs, { rules });
  if (faults.length === 0) return checked.values;
  const list = faults.map(({ property, reason }) => `${property} ${reason}`).join("; ");
  throw new StatusError(status.INVALID_ARGUMENT, `${resource.token}: ${list}`);
}

/** The outputs in a state, those of them which fit the definition: an older provider may have written it. */
function outputsIn(resource: AnyResource<never>, state: Properties): Values {
  const outputs: Values = {};
  for (const [name, member] of membersOf(resource.outputs)) {
    const parsed = member.safeParse(state.values[name]);
    if (parsed.success && parsed.data !== undefined) outputs[name] = parsed.data;
  }
  return outputs;
}

function secretMembers(schema: z.ZodObject): Set<string> {
  return new Set(membersOf(schema).flatMap(([name, member]) => (metaOf(member).secret ? [name] : [])));
}

function union(...sets: ReadonlySet<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}
