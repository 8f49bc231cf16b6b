import * as z from "zod";
import { bare as bareOptional, isRequired, membersOf } from "../providers/kit/property";
import { nameOf, type PropertyType, type ProviderSchema } from "./provider-schema";
import type { Violation } from "./violation";

/**
 * Whether every value that a substitute's definition allows is of the real provider's type. Narrower is right: a
 * substitute may refuse more than the real provider does.
 */
export function compareTypes(
  where: string,
  definition: z.ZodType,
  real: PropertyType,
  types: ProviderSchema["types"],
): Violation[] {
  const shape = bare(definition);
  if (real.type === "any") return [];
  if (real.oneOf !== undefined) {
    const attempts = real.oneOf.map((each) => compareTypes(where, shape, each, types));
    return attempts.some((violations) => violations.length === 0) ? [] : mismatch(where, shape, real);
  }
  if (shape instanceof z.ZodObject) return compareObjects(where, shape, real, types);
  if (shape instanceof z.ZodArray)
    return real.items === undefined
      ? mismatch(where, shape, real)
      : compareMember(`${where}[]`, shape.element, real.items, types);
  if (shape instanceof z.ZodRecord)
    return real.additionalProperties === undefined
      ? mismatch(where, shape, real)
      : compareMember(`${where}.*`, shape.valueType, real.additionalProperties, types);
  const values = valuesOf(shape);
  const kinds = values === undefined ? [kindOf(shape)] : [...new Set(values.map((value) => typeof value))];
  if (!kinds.every((kind) => accepts(real, kind))) return mismatch(where, shape, real);
  const { enum: allowed } = real;
  const others = allowed === undefined ? [] : (values ?? []).filter((value) => !allowed.includes(value));
  return others.map((value) => ({
    where,
    expected: `one of ${allowed?.join(", ")}`,
    got: JSON.stringify(value),
  }));
}

function compareObjects(
  where: string,
  shape: z.ZodObject,
  real: PropertyType,
  types: ProviderSchema["types"],
): Violation[] {
  const { ref, additionalProperties } = real;
  if (additionalProperties !== undefined)
    return membersOf(shape).flatMap(([name, member]) =>
      compareTypes(`${where}.${name}`, member, additionalProperties, types),
    );
  const named = ref === undefined ? undefined : types[ref];
  if (named === undefined) return mismatch(where, shape, real);
  const members = new Map(membersOf(shape));
  // What the substitute's users cannot give, or need not give, must not be required.
  const missing = named.required
    .filter((name) => ref?.startsWith("input:") && !isRequired(members.get(name) ?? z.never().optional()))
    .map((name) => ({ where: `${where}.${name}`, expected: "required", got: "optional or missing" }));
  const compared = [...members].flatMap(([name, member]) => {
    const property = named.properties[name];
    return property === undefined
      ? [{ where: `${where}.${name}`, expected: `a property of ${ref}`, got: "unknown to the provider" }]
      : compareTypes(`${where}.${name}`, member, property, types);
  });
  return [...missing, ...compared];
}

function compareMember(
  where: string,
  member: unknown,
  real: PropertyType,
  types: ProviderSchema["types"],
): Violation[] {
  return member instanceof z.ZodType ? compareTypes(where, member, real, types) : [];
}

/** Without `.optional()` and the like, and without what `.required()` puts around it. */
function bare(schema: z.ZodType): z.ZodType {
  const shape = bareOptional(schema);
  const inner: unknown = shape instanceof z.ZodNonOptional ? shape.def.innerType : undefined;
  return inner instanceof z.ZodType ? bare(inner) : shape;
}

/** The values of an enumeration or a literal; undefined for any other definition. */
export function valuesOf(shape: z.ZodType): unknown[] | undefined {
  if (shape instanceof z.ZodEnum) return [...shape.options];
  if (shape instanceof z.ZodLiteral) return [...shape.values];
  return undefined;
}

function kindOf(shape: z.ZodType): string {
  if (shape instanceof z.ZodString || shape instanceof z.ZodStringFormat) return "string";
  if (shape instanceof z.ZodBoolean) return "boolean";
  if (shape instanceof z.ZodNumber) return shape.format?.includes("int") ? "integer" : "number";
  if (shape instanceof z.ZodArray) return "array";
  if (shape instanceof z.ZodRecord) return "map";
  return shape instanceof z.ZodObject ? "object" : shape.def.type;
}

function accepts({ type }: PropertyType, kind: string): boolean {
  return type === kind || (type === "number" && kind === "integer");
}

function mismatch(where: string, shape: z.ZodType, real: PropertyType): Violation[] {
  return [{ where, expected: nameOf(real), got: kindOf(shape) }];
}
