import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { ApiChange, Weight } from "./change";

const Property = z.looseObject({
  willReplaceOnChanges: z.boolean().default(false),
  secret: z.boolean().default(false),
  /** Of an input: no output can be given for it. */
  plain: z.boolean().default(false),
});
const Properties = z.record(z.string(), Property).default({});
const Names = z.array(z.string()).default([]);
const Part = z.object({ properties: Properties, required: Names }).default({ properties: {}, required: [] });
const Schema = z.object({
  // Only a provider has settings and functions, a component package has none.
  config: z.object({ variables: Properties }).default({ variables: {} }),
  types: z.record(
    z.string(),
    z.object({
      properties: Properties,
      required: Names,
      enum: z.array(z.object({ value: z.unknown() })).optional(),
    }),
  ),
  resources: z.record(
    z.string(),
    z.object({
      inputProperties: Properties,
      requiredInputs: Names,
      properties: Properties,
      required: Names,
    }),
  ),
  functions: z.record(z.string(), z.object({ inputs: Part, outputs: Part })).default({}),
});

/**
 * What a program notices between two schemas of a provider, in any of Pulumi's languages.
 * @param before as JSON; of an older version
 * @throws ZodError where one is no schema
 */
export function compareSchemas(file: string, before: unknown, after: unknown): ApiChange[] {
  const [old, now] = [Schema.parse(before), Schema.parse(after)];
  const changes: ApiChange[] = [];
  const say = (weight: Weight, path: string, what: string) => changes.push({ weight, file, path, what });

  const inResults = typesOfResults(old);

  inputs("config", part(old.config.variables, []), part(now.config.variables, []));
  each(old.resources, now.resources, (token, a, b) => {
    inputs(token, part(a.inputProperties, a.requiredInputs), part(b.inputProperties, b.requiredInputs));
    outputs(token, part(a.properties, a.required), part(b.properties, b.required));
  });
  each(old.functions, now.functions, (token, a, b) => {
    inputs(token, a.inputs, b.inputs);
    outputs(token, a.outputs, b.outputs);
  });
  each(old.types, now.types, (token, a, b) => {
    inputs(token, a, b);
    if (inResults.has(token)) outputs(token, a, b);
    for (const value of valuesOf(a)) {
      if (!valuesOf(b).includes(value)) say("breaking", token, `can no longer be ${value}`);
    }
    for (const value of valuesOf(b))
      if (!valuesOf(a).includes(value)) say("feature", token, `can be ${value} too`);
  });
  return changes;

  function each<T>(
    a: Record<string, T>,
    b: Record<string, T>,
    compare: (key: string, a: T, b: T) => void,
  ): void {
    for (const [key, value] of Object.entries(a)) {
      const next = b[key];
      if (next === undefined) say("breaking", key, "removed");
      else compare(key, value, next);
    }
    for (const key of Object.keys(b)) if (a[key] === undefined) say("feature", key, "added");
  }

  function inputs(path: string, a: Members, b: Members): void {
    common(path, a, b);
    for (const name of Object.keys(b.properties)) {
      const asked = b.required.includes(name);
      const at = `${path}.${name}`;
      if (a.properties[name] === undefined)
        say(asked ? "breaking" : "feature", at, asked ? "added, and required" : "added");
      else if (asked !== a.required.includes(name))
        say(asked ? "breaking" : "feature", at, asked ? "is required now" : "can be left out now");
    }
  }

  function outputs(path: string, a: Members, b: Members): void {
    common(path, a, b);
    for (const name of Object.keys(b.properties)) {
      const at = `${path}.${name}`;
      if (a.properties[name] === undefined) say("feature", at, "added");
      else if (a.required.includes(name) && !b.required.includes(name))
        say("breaking", at, "can be absent from the results now");
    }
  }

  function common(path: string, a: Members, b: Members): void {
    for (const [name, property] of Object.entries(a.properties)) {
      const next = b.properties[name];
      const at = `${path}.${name}`;
      if (next === undefined) say("breaking", at, "removed");
      else {
        if (!isDeepStrictEqual(shape(property), shape(next))) say("breaking", at, "has another type");
        if (next.willReplaceOnChanges && !property.willReplaceOnChanges)
          say("breaking", at, "replaces now when it changes");
        if (property.willReplaceOnChanges && !next.willReplaceOnChanges)
          say("feature", at, "can change without a replacement");
        if (next.plain !== property.plain)
          say(
            next.plain ? "breaking" : "feature",
            at,
            next.plain ? "takes no output now" : "takes outputs too",
          );
        if (next.secret !== property.secret)
          say(next.secret ? "feature" : "breaking", at, next.secret ? "is secret now" : "is secret no more");
      }
    }
  }
}

type Members = z.output<typeof Part>;
type Property = z.output<typeof Property>;

const part = (properties: Members["properties"], required: string[]): Members => ({ properties, required });
const valuesOf = (type: { enum?: { value?: unknown }[] }) =>
  (type.enum ?? []).map(({ value }) => JSON.stringify(value) ?? "");

/** The tokens of types that programs are handed, because results of resources and functions have them. */
function typesOfResults({ resources, functions, types }: z.output<typeof Schema>): Set<string> {
  const found = new Set<string>();
  const visit = (properties: Members["properties"]) => {
    for (const [, token = ""] of JSON.stringify(properties).matchAll(/"#\/types\/([^"]+)"/g)) {
      if (found.has(token)) continue;
      found.add(token);
      visit(types[token]?.properties ?? {});
    }
  };
  for (const { properties } of Object.values(resources)) visit(properties);
  for (const { outputs } of Object.values(functions)) visit(outputs.properties);
  return found;
}

/** The type alone: what it is for the compiler. Where a value comes from when it is left out is no type. */
function shape({ type, $ref, items, additionalProperties, oneOf }: Property): unknown[] {
  return [type, $ref, items, additionalProperties, oneOf];
}
