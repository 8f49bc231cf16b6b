import * as z from "zod";
import type { Provider } from "./definition";
import { exampleCode } from "./example-code";
import { bare, defaultOf, isRequired, membersOf, metaOf } from "./property";

/** A Pulumi package schema, as JSON. */
export type PackageSchema = Record<string, unknown>;

type Named = Map<string, Record<string, unknown>>;

/** The Pulumi package schema that follows from a provider's definitions. */
export function packageSchema<Session>(provider: Provider<Session>): PackageSchema {
  const types: Named = new Map();
  const settings = propertiesOf(provider.name, provider.config, types);
  const resources = provider.resources.map((resource) => {
    const inputs = propertiesOf(provider.name, resource.inputs, types);
    const outputs = propertiesOf(provider.name, resource.outputs, types);
    const always = membersOf(resource.inputs).filter(([, schema]) => defaultOf(schema) !== undefined);
    return [
      resource.token,
      {
        ...described(withExample(resource.description, exampleCode(resource, provider.resources))),
        inputProperties: resource.update === undefined ? replacing(inputs.properties) : inputs.properties,
        requiredInputs: inputs.required,
        properties: { ...withoutReplace(inputs.properties), ...outputs.properties },
        required: [...new Set([...inputs.required, ...always.map(([name]) => name), ...outputs.required])],
      },
    ];
  });
  const functions = (provider.functions ?? []).map((definition) => [
    definition.token,
    {
      ...described(definition.description),
      inputs: { type: "object", ...propertiesOf(provider.name, definition.inputs, types) },
      outputs: { type: "object", ...propertiesOf(provider.name, definition.outputs, types) },
    },
  ]);
  return {
    name: provider.name,
    displayName: provider.displayName ?? provider.name,
    version: provider.version,
    ...described(provider.description),
    ...provider.packageMetadata,
    config: { variables: settings.properties },
    provider: {
      ...described(provider.description),
      inputProperties: settings.properties,
      requiredInputs: [],
      properties: withoutDefault(settings.properties),
    },
    types: Object.fromEntries([...types].sort(([a], [b]) => (a < b ? -1 : 1))),
    resources: Object.fromEntries(resources),
    functions: Object.fromEntries(functions),
  };
}

type PropertySchemas = Record<string, Record<string, unknown>>;

function propertiesOf(
  packageName: string,
  object: z.ZodObject,
  types: Named,
): { properties: PropertySchemas; required: string[] } {
  const properties: PropertySchemas = {};
  const required: string[] = [];
  for (const [name, schema] of membersOf(object)) {
    const meta = metaOf(schema);
    const implied = defaultOf(schema);
    const note = implied === undefined ? "" : `\n\nDefault: \`${JSON.stringify(implied)}\`.`;
    properties[name] = {
      ...typeOf(packageName, schema, types),
      ...described(meta.description === undefined ? undefined : meta.description + note),
      ...(meta.secret ? { secret: true } : {}),
      ...(meta.replace ? { willReplaceOnChanges: true } : {}),
      ...(meta.env ? { defaultInfo: { environment: [...meta.env] } } : {}),
    };
    if (isRequired(schema)) required.push(name);
  }
  return { properties, required };
}

function typeOf(packageName: string, schema: z.ZodType, types: Named): Record<string, unknown> {
  const shape = bare(schema);
  const { typeName } = metaOf(schema);
  const nested = (member: unknown) =>
    member instanceof z.ZodType ? typeOf(packageName, member, types) : { $ref: "pulumi.json#/Any" };
  const named = (describe: () => Record<string, unknown>) => {
    const token = `${packageName}:index:${typeName}`;
    if (!types.has(token)) types.set(token, describe());
    return { $ref: `#/types/${token}` };
  };
  if (shape instanceof z.ZodString || shape instanceof z.ZodStringFormat) return { type: "string" };
  if (shape instanceof z.ZodBoolean) return { type: "boolean" };
  if (shape instanceof z.ZodNumber) return { type: shape.format?.includes("int") ? "integer" : "number" };
  if (shape instanceof z.ZodArray) return { type: "array", items: nested(shape.element) };
  if (shape instanceof z.ZodRecord) return { type: "object", additionalProperties: nested(shape.valueType) };
  if (shape instanceof z.ZodUnion) return { oneOf: shape.options.map(nested) };
  if (shape instanceof z.ZodEnum) {
    const values = shape.options;
    if (typeName === undefined) return { type: typeof values[0] === "number" ? "number" : "string" };
    return named(() => ({
      type: "string",
      ...described(shape.meta()?.description),
      enum: values.map((value) => ({ value })),
    }));
  }
  if (shape instanceof z.ZodLiteral) return { type: typeof [...shape.values][0] };
  if (shape instanceof z.ZodObject && typeName !== undefined)
    return named(() => ({
      type: "object",
      ...described(shape.meta()?.description),
      ...propertiesOf(packageName, shape, types),
    }));
  if (shape instanceof z.ZodObject)
    return { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
  return { $ref: "pulumi.json#/Any" };
}

function withExample(description: string | undefined, code: string | undefined): string | undefined {
  if (code === undefined) return description;
  return `${description ?? ""}\n\n## Example\n\n\`\`\`typescript\n${code}\n\`\`\``.trim();
}

const described = (description: string | undefined) => (description === undefined ? {} : { description });

const without = (key: string) => (properties: PropertySchemas) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      Object.fromEntries(Object.entries(property).filter(([member]) => member !== key)),
    ]),
  );
/** Without an update, every change replaces. */
const replacing = (properties: PropertySchemas): PropertySchemas =>
  Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, { ...property, willReplaceOnChanges: true }]),
  );
const withoutReplace = without("willReplaceOnChanges");
const withoutDefault = without("defaultInfo");
