import { z } from "zod";
import { parseValue, type Value } from "./value";

/** A resource of any Pulumi program, as a preview or a state shows it. */
export interface Resource {
  urn: string;
  /** The type token, such as `cloudflare:index/dnsRecord:DnsRecord`. */
  type: string;
  /** Its name in the program: the last part of the URN. */
  name: string;
  /** The provider's id; undefined until it is made. */
  id?: string;
  /** The parent's URN. */
  parent?: string;
  inputs: Record<string, Value>;
  outputs: Record<string, Value>;
}

const propertiesSchema = z.record(z.string(), z.unknown()).nullish();

/** A resource as the engine writes it into states and previews; other properties are left aside. */
export const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  parent: z.string().optional(),
  inputs: propertiesSchema,
  outputs: propertiesSchema,
});

/** Reads a resource that has passed {@link resourceSchema}. */
export function parseResource({
  urn,
  type,
  id,
  parent,
  ...values
}: z.infer<typeof resourceSchema>): Resource {
  return {
    urn,
    type,
    name: nameOfUrn(urn),
    id: id === "" ? undefined : id,
    parent: parent === "" ? undefined : parent,
    inputs: parseProperties(values.inputs),
    outputs: parseProperties(values.outputs),
  };
}

function parseProperties(properties: z.infer<typeof propertiesSchema>): Record<string, Value> {
  return Object.fromEntries(Object.entries(properties ?? {}).map(([key, value]) => [key, parseValue(value)]));
}

/** `urn:pulumi:STACK::PROJECT::TYPE::NAME`; a name can have colons in it. */
export function nameOfUrn(urn: string): string {
  return urn.split("::").slice(3).join("::") || urn;
}

/** The type token: the last of the types with which its parents' qualify it. */
export function typeOfUrn(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The stack's name, or undefined for what is no URN. */
export function stackOfUrn(urn: string): string | undefined {
  return /^urn:pulumi:([^:]+)::/.exec(urn)?.[1];
}

/** A property as it will be: what the program gives, and where it gives nothing, what the provider says. */
export function propertyValue({ inputs, outputs }: Resource, property: string): Value | undefined {
  return inputs[property] ?? outputs[property];
}
