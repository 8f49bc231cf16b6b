import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import type { AnyFunction, AnyResource, Provider } from "../providers/kit";
import { defaultOf, isRequired, membersOf, metaOf } from "../providers/kit/property";
import { compareTypes } from "./property-types";
import type { FunctionSchema, PropertyType, ProviderSchema, ResourceSchema } from "./provider-schema";
import { compareReplaceRules } from "./replace-rules";
import type { Violation } from "./violation";

/** What a comparison looked at and found. */
export interface SubstituteReport {
  package: string;
  version: string;
  resources: number;
  functions: number;
  /** Inputs and outputs that were compared. */
  properties: number;
  violations: Violation[];
  /** Resources whose replace rules the schema file lacks, so that nobody compared them. */
  withoutReplaceRules: string[];
}

/**
 * Compares a substitute provider with the real one: every property it has must exist there with a type that takes
 * its values, be a secret in both or in neither, and replace alike; nothing that the real provider requires may be
 * left out. A substitute may have fewer properties, and may require more.
 *
 * @param installedVersion the version of the SDK in use.
 */
export function compareSubstitute<Session>(
  substitute: Provider<Session>,
  real: ProviderSchema,
  installedVersion: string,
): SubstituteReport {
  const { resources, functions = [] } = substitute;
  const count = (object: z.ZodObject) => membersOf(object).length;
  const all = [...resources, ...functions];
  return {
    package: real.package,
    version: real.version,
    resources: resources.length,
    functions: functions.length,
    properties: all.reduce((sum, { inputs, outputs }) => sum + count(inputs) + count(outputs), 0),
    violations: [
      ...[substitute.version, installedVersion]
        .filter((version) => version !== real.version)
        .map((got) => ({ where: `${real.package} version`, expected: real.version, got })),
      ...resources.flatMap((definition) => {
        const schema = real.resources[definition.token];
        return schema === undefined
          ? [unknownToken(definition.token)]
          : compareResource(definition, schema, real);
      }),
      ...functions.flatMap((definition) => {
        const schema = real.functions[definition.token];
        return schema === undefined
          ? [unknownToken(definition.token)]
          : compareFunction(definition, schema, real);
      }),
    ],
    withoutReplaceRules: resources
      .map(({ token }) => token)
      .filter((token) => real.resources[token]?.replace === undefined),
  };
}

function unknownToken(where: string): Violation {
  return { where, expected: "a resource or function in the schema file", got: "none" };
}

function compareResource<Session>(
  definition: AnyResource<Session>,
  schema: ResourceSchema,
  { types }: ProviderSchema,
): Violation[] {
  const { token, inputs, outputs } = definition;
  return [
    ...compareProperties(`${token} inputs`, inputs, schema.inputs, types),
    ...compareRequired(`${token} inputs`, inputs, schema.requiredInputs),
    ...compareProperties(`${token} outputs`, outputs, schema.outputs, types),
    // Inputs are outputs too.
    ...membersOf(inputs)
      .filter(([name]) => !(name in schema.outputs))
      .map(([name]) => ({
        where: `${token} inputs.${name}`,
        expected: "no output",
        got: "an output of the substitute",
      })),
    ...comparePresence(token, inputs, outputs, schema),
    ...compareSecrets(`${token} inputs`, inputs, schema.secretInputs),
    ...compareSecrets(`${token} outputs`, outputs, schema.additionalSecretOutputs),
    ...compareDefaults(`${token} inputs`, inputs, schema.replace?.tfDefaults ?? {}),
    ...compareReplaceRules(definition, schema),
  ];
}

function compareFunction<Session>(
  { token, inputs, outputs }: AnyFunction<Session>,
  schema: FunctionSchema,
  { types }: ProviderSchema,
): Violation[] {
  return [
    ...compareProperties(`${token} inputs`, inputs, schema.inputs, types),
    ...compareRequired(`${token} inputs`, inputs, schema.requiredInputs),
    ...compareProperties(`${token} outputs`, outputs, schema.outputs, types),
  ];
}

function compareProperties(
  where: string,
  object: z.ZodObject,
  real: Record<string, PropertyType>,
  types: ProviderSchema["types"],
): Violation[] {
  return membersOf(object).flatMap(([name, schema]) => {
    const type = real[name];
    return type === undefined
      ? [
          {
            where: `${where}.${name}`,
            expected: "a property of the real provider",
            got: "unknown to the provider",
          },
        ]
      : compareTypes(`${where}.${name}`, schema, type, types);
  });
}

function compareRequired(where: string, object: z.ZodObject, required: readonly string[]): Violation[] {
  const members = new Map(membersOf(object));
  return required.flatMap((name) => {
    const schema = members.get(name);
    if (schema !== undefined && isRequired(schema)) return [];
    return [
      {
        where: `${where}.${name}`,
        expected: "required",
        got: schema === undefined ? "missing" : "optional",
      },
    ];
  });
}

/** A program must not come to rely on an output that the real provider may leave out. */
function comparePresence(
  token: string,
  inputs: z.ZodObject,
  outputs: z.ZodObject,
  { alwaysPresentOutputs }: ResourceSchema,
): Violation[] {
  const given = new Set(membersOf(inputs).map(([name]) => name));
  return membersOf(outputs)
    .filter(
      ([name, schema]) => isRequired(schema) && !given.has(name) && !alwaysPresentOutputs.includes(name),
    )
    .map(([name]) => ({
      where: `${token} outputs.${name}`,
      expected: "sometimes absent",
      got: "always present",
    }));
}

function compareSecrets(where: string, object: z.ZodObject, secrets: readonly string[]): Violation[] {
  return membersOf(object)
    .map(([name, schema]) => [name, secrets.includes(name), metaOf(schema).secret === true] as const)
    .filter(([, expected, got]) => expected !== got)
    .map(([name, expected, got]) => ({
      where: `${where}.${name}`,
      expected: expected ? "a secret" : "no secret",
      got: got ? "a secret" : "no secret",
    }));
}

function compareDefaults(where: string, object: z.ZodObject, defaults: Record<string, unknown>): Violation[] {
  return membersOf(object)
    .filter(([name, schema]) => name in defaults && defaultOf(schema) !== undefined)
    .filter(([name, schema]) => !isDeepStrictEqual(defaultOf(schema), defaults[name]))
    .map(([name, schema]) => ({
      where: `${where}.${name}`,
      expected: `the default ${JSON.stringify(defaults[name])}`,
      got: JSON.stringify(defaultOf(schema)),
    }));
}
