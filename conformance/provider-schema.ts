import { readFile } from "node:fs/promises";
import { z } from "zod";

/** The type of a property, as the schema files write it. */
export interface PropertyType {
  /** string, boolean, integer, number, array, object, any, or asset:… */
  type?: string;
  /** A key of {@link ProviderSchema.types}. */
  ref?: string;
  oneOf?: PropertyType[];
  items?: PropertyType;
  additionalProperties?: PropertyType;
  /** The only values that are allowed; an open list (`openEnum`) is a hint and is not checked. */
  enum?: unknown[];
}

const propertyType: z.ZodType<PropertyType> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    ref: z.string().optional(),
    oneOf: z.array(propertyType).optional(),
    items: propertyType.optional(),
    additionalProperties: propertyType.optional(),
    enum: z.array(z.unknown()).optional(),
  }),
);

const properties = z.record(z.string(), propertyType);
const names = z.array(z.string());

const replaceRules = z.looseObject({
  /** Inputs of which every change replaces. */
  forceNew: names,
  /** Inputs, several of them joined by "|", with the words that say when a change replaces. */
  conditional: z.record(z.string(), z.unknown()).default({}),
  nestedForceNew: z.record(z.string(), names).default({}),
  /** Values of inputs that are not given. */
  tfDefaults: z.record(z.string(), z.unknown()).default({}),
  /** How the rules were found out. */
  basis: z.string(),
});

const resource = z.looseObject({
  inputs: properties,
  requiredInputs: names,
  outputs: properties,
  alwaysPresentOutputs: names,
  secretInputs: names,
  additionalSecretOutputs: names,
  replace: replaceRules.optional(),
});

const providerSchema = z.looseObject({
  package: z.string(),
  version: z.string(),
  resources: z.record(z.string(), resource),
  functions: z.record(
    z.string(),
    z.looseObject({ inputs: properties, requiredInputs: names, outputs: properties }),
  ),
  types: z.record(z.string(), z.looseObject({ properties, required: names })),
});

/** What is known of a real provider: the properties of its resources and functions, and what replaces. */
export type ProviderSchema = z.output<typeof providerSchema>;
export type ResourceSchema = ProviderSchema["resources"][string];
export type FunctionSchema = ProviderSchema["functions"][string];

/** @throws when the file is missing or is no such schema. */
export async function readProviderSchema(file: string): Promise<ProviderSchema> {
  const parsed = providerSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success) throw new Error(`${file} is no provider schema: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** A property's type in a few words. */
export function nameOf(type: PropertyType): string {
  if (type.ref !== undefined) return `object ${type.ref}`;
  if (type.oneOf !== undefined) return type.oneOf.map(nameOf).join(" or ");
  if (type.items !== undefined) return `array of ${nameOf(type.items)}`;
  if (type.additionalProperties !== undefined) return `map of ${nameOf(type.additionalProperties)}`;
  return type.type ?? "any";
}
