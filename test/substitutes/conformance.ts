import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type PackageSchema, packageSchema } from "../../providers/kit";
import { AwsAccount, awsProvider } from "../../sandbox/aws";
import { CloudflareAccount, cloudflareProvider } from "../../sandbox/cloudflare";

/*
 * Compares the substitutes with the real providers' schemas, which are brought from outside: what they have, they
 * have by the same name and type; what the real one requires, they require; what replaces there, replaces here.
 * That the substitutes have less, and refuse more, is their purpose.
 */

const propertyType = z.looseObject({
  type: z.string().optional(),
  ref: z.string().optional(),
  oneOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
});
type PropertyType = z.output<typeof propertyType>;
const properties = z.record(z.string(), propertyType);

/** The form of the files aws.json and cloudflare.json, as far as it is read. */
const realSchema = z.looseObject({
  version: z.string(),
  resources: z.record(
    z.string(),
    z.looseObject({
      inputs: properties,
      requiredInputs: z.array(z.string()).default([]),
      outputs: properties,
      replace: z.looseObject({ forceNew: z.array(z.string()) }).optional(),
    }),
  ),
  functions: z.record(
    z.string(),
    z.looseObject({
      inputs: properties.default({}),
      requiredInputs: z.array(z.string()).default([]),
      outputs: properties,
    }),
  ),
});

const substituteProperty = z.looseObject({
  type: z.string().optional(),
  oneOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
  willReplaceOnChanges: z.boolean().default(false),
});
const substituteProperties = z.record(z.string(), substituteProperty).default({});
const substituteFunctionSide = z.looseObject({
  properties: substituteProperties,
  required: z.array(z.string()).default([]),
});

/** The part of a Pulumi package schema that is compared. */
const substituteSchema = z.looseObject({
  version: z.string(),
  resources: z.record(
    z.string(),
    z.looseObject({
      inputProperties: substituteProperties,
      requiredInputs: z.array(z.string()).default([]),
      properties: substituteProperties,
    }),
  ),
  functions: z.record(
    z.string(),
    z.looseObject({ inputs: substituteFunctionSide, outputs: substituteFunctionSide }),
  ),
});

/**
 * Every way in which the substitutes depart from the real providers.
 * @param folder holds aws.json and cloudflare.json
 */
export function substituteDepartures(folder: string): string[] {
  const cloudflare = new CloudflareAccount([], { add: () => {}, remove: () => {} });
  return [
    ...departures(join(folder, "aws.json"), packageSchema(awsProvider(new AwsAccount()))),
    ...departures(join(folder, "cloudflare.json"), packageSchema(cloudflareProvider(cloudflare))),
  ];
}

function departures(file: string, schema: PackageSchema): string[] {
  const real = realSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const substitute = substituteSchema.parse(schema);
  const found: string[] = [];
  if (real.version !== substitute.version) {
    found.push(`version ${substitute.version} instead of ${real.version}`);
  }
  for (const [token, resource] of Object.entries(substitute.resources)) {
    const counterpart = real.resources[token];
    if (counterpart === undefined) {
      found.push(`${token}: no such resource`);
      continue;
    }
    found.push(
      ...typeDepartures(`${token} input`, resource.inputProperties, counterpart.inputs),
      ...typeDepartures(`${token} output`, resource.properties, counterpart.outputs),
      ...missing(token, counterpart.requiredInputs, resource.requiredInputs),
    );
    if (counterpart.replace === undefined) continue;
    for (const [name, { willReplaceOnChanges }] of Object.entries(resource.inputProperties)) {
      const replaces = counterpart.replace.forceNew.includes(name);
      if (replaces !== willReplaceOnChanges) {
        found.push(`${token} ${name}: a change ${replaces ? "replaces" : "updates"} the real one`);
      }
    }
  }
  for (const [token, { inputs, outputs }] of Object.entries(substitute.functions)) {
    const counterpart = real.functions[token];
    if (counterpart === undefined) {
      found.push(`${token}: no such function`);
      continue;
    }
    found.push(
      ...typeDepartures(`${token} input`, inputs.properties, counterpart.inputs),
      ...typeDepartures(`${token} output`, outputs.properties, counterpart.outputs),
      ...missing(token, counterpart.requiredInputs, inputs.required),
    );
  }
  return found;
}

function missing(token: string, wanted: readonly string[], present: readonly string[]): string[] {
  return wanted
    .filter((name) => !present.includes(name))
    .map((name) => `${token} ${name}: the real one requires it`);
}

function typeDepartures(
  where: string,
  substitute: z.output<typeof substituteProperties>,
  real: Record<string, PropertyType>,
): string[] {
  return Object.entries(substitute).flatMap(([name, property]) => {
    const counterpart = real[name];
    if (counterpart === undefined) return [`${where} ${name}: the real one has no such property`];
    const types = typesOf(counterpart);
    const wrong = typesOf(property).filter((type) => !types.some((each) => takes(each, type)));
    return wrong.length === 0 ? [] : [`${where} ${name}: ${wrong.join(", ")} instead of ${types.join(", ")}`];
  });
}

/** Whether a property of the real one's type takes every value of the substitute's. */
function takes(real: string, substitute: string): boolean {
  return real === substitute || real === "any" || (real === "number" && substitute === "integer");
}

/** The kinds of value that a property takes; an object by reference is an object. */
function typesOf({ type, oneOf, ref }: PropertyType): string[] {
  if (oneOf !== undefined) return oneOf.flatMap((each) => each.type ?? "object");
  return [ref !== undefined ? "object" : (type ?? "object")];
}
