import { nameOf, type PropertyType, type ProviderSchema } from "./provider-schema";
import type { Violation } from "./violation";

/** How the engine shows a value that a preview does not know. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The property by which the engine marks a secret, whose value it does not show. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Whether a resource's inputs are inputs of the real provider's resource, and complete. */
export function checkInputs(
  token: string,
  inputs: Record<string, unknown>,
  { resources, types }: ProviderSchema,
): Violation[] {
  const schema = resources[token];
  if (schema === undefined) return [{ where: token, expected: "a resource in the schema file", got: "none" }];
  return checkObject(
    `${token} inputs`,
    inputs,
    { properties: schema.inputs, required: schema.requiredInputs },
    types,
  );
}

function checkObject(
  where: string,
  value: Record<string, unknown>,
  { properties, required }: { properties: Record<string, PropertyType>; required: readonly string[] },
  types: ProviderSchema["types"],
): Violation[] {
  const missing = required
    .filter((name) => value[name] === undefined || value[name] === null)
    .map((name) => ({ where: `${where}.${name}`, expected: "required", got: "missing" }));
  // The engine's own marks begin with two underscores.
  const given = Object.entries(value).filter(([name]) => !name.startsWith("__"));
  const checked = given.flatMap(([name, each]) => {
    const type = properties[name];
    return type === undefined
      ? [
          {
            where: `${where}.${name}`,
            expected: "a property of the real provider",
            got: JSON.stringify(each),
          },
        ]
      : checkValue(`${where}.${name}`, each, type, types);
  });
  return [...missing, ...checked];
}

function checkValue(
  where: string,
  value: unknown,
  type: PropertyType,
  types: ProviderSchema["types"],
): Violation[] {
  if (value === undefined || value === null || value === UNKNOWN || type.type === "any") return [];
  if (isObject(value) && SIGNATURE in value) return [];
  const wrong = [{ where, expected: nameOf(type), got: JSON.stringify(value) }];
  if (type.oneOf !== undefined)
    return type.oneOf.some((each) => checkValue(where, value, each, types).length === 0) ? [] : wrong;
  if (type.items !== undefined) {
    const { items } = type;
    return Array.isArray(value)
      ? value.flatMap((each, index) => checkValue(`${where}[${index}]`, each, items, types))
      : wrong;
  }
  if (type.ref !== undefined || type.additionalProperties !== undefined) {
    if (!isObject(value)) return wrong;
    const named = type.ref === undefined ? undefined : types[type.ref];
    if (named !== undefined) return checkObject(where, value, named, types);
    const { additionalProperties } = type;
    return additionalProperties === undefined
      ? wrong
      : Object.entries(value).flatMap(([name, each]) =>
          checkValue(`${where}.${name}`, each, additionalProperties, types),
        );
  }
  if (type.enum !== undefined && !type.enum.includes(value))
    return [{ where, expected: `one of ${type.enum.join(", ")}`, got: JSON.stringify(value) }];
  return isOfKind(value, type.type) ? [] : wrong;
}

function isOfKind(value: unknown, kind: string | undefined): boolean {
  if (kind === "integer") return Number.isInteger(value);
  return typeof value === kind;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
