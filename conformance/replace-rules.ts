import * as z from "zod";
import type { AnyResource } from "../providers/kit";
import { bare, membersOf, metaOf } from "../providers/kit/property";
import { valuesOf } from "./property-types";
import type { ResourceSchema } from "./provider-schema";
import type { Violation } from "./violation";

/**
 * Whether the same changes replace as at the real provider. Conditions are written in words there; checked is that
 * the substitute has one for the same properties, and none for others. Nothing is compared where the rules are not known.
 */
export function compareReplaceRules<Session>(
  definition: AnyResource<Session>,
  real: ResourceSchema,
): Violation[] {
  const where = (property: string) => `${definition.token} inputs.${property} (replace)`;
  const { replace } = real;
  if (replace === undefined) return [];
  const conditions = conditionsOf(replace.conditional);

  return membersOf(definition.inputs).flatMap(([property, schema]): Violation[] => {
    const nested = compareNested(where(property), schema, replace.nestedForceNew[property] ?? []);
    const always = definition.update === undefined || metaOf(schema).replace === true;
    const sometimes = !always && replacesSometimes(definition, property);
    const expected = replace.forceNew.includes(property) ? "always" : (conditions.get(property) ?? "never");
    const got = always ? "always" : sometimes ? "sometimes" : "never";
    // A property with one value only cannot change.
    const fixed = expected === "sometimes" && got === "never" && hasOneValue(schema);
    return got === expected || fixed ? nested : [...nested, { where: where(property), expected, got }];
  });
}

function compareNested(where: string, schema: z.ZodType, forceNew: readonly string[]): Violation[] {
  const shape = bare(schema);
  if (!(shape instanceof z.ZodObject) || metaOf(schema).replace === true) return [];
  return membersOf(shape).flatMap(([name, member]) => {
    const [expected, got] = [forceNew.includes(name), metaOf(member).replace === true].map((replaces) =>
      replaces ? "always" : "never",
    );
    return expected === undefined || got === undefined || expected === got
      ? []
      : [{ where: `${where}.${name}`, expected, got }];
  });
}

/** Properties whose change replaces under a condition; the words may also say that it never does. */
function conditionsOf(conditional: Record<string, unknown>): Map<string, "sometimes" | "never"> {
  return new Map(
    Object.entries(conditional).flatMap(([properties, words]) => {
      const never = /^(never replaces|in place)/i.test(String(words));
      return properties.split("|").map((property) => [property, never ? "never" : "sometimes"] as const);
    }),
  );
}

/**
 * Tries the definition's condition with the property set, unset and changed, to every of its values where they are listed,
 * and every flag on and off.
 */
function replacesSometimes<Session>({ inputs, replaces }: AnyResource<Session>, property: string): boolean {
  if (replaces === undefined) return false;
  const schema = membersOf(inputs).find(([name]) => name === property)?.[1];
  const values = [undefined, ...((schema && valuesOf(bare(schema))) ?? ["one", "other"])];
  const flags = membersOf(inputs).filter(([, schema]) => bare(schema) instanceof z.ZodBoolean);
  return [true, false].some((flag) => {
    const base: Record<string, unknown> = Object.fromEntries(flags.map(([name]) => [name, flag]));
    const states = values.map((value) => ({ ...base, [property]: value }));
    return states.some((before) =>
      states.some((after) => before !== after && replaces(property, before, after)),
    );
  });
}

function hasOneValue(schema: z.ZodType): boolean {
  return valuesOf(bare(schema))?.length === 1;
}
