import * as z from "zod";

declare module "zod" {
  /** What a property's `.meta({...})` can say to the kit. */
  interface GlobalMeta {
    /** Documentation, Markdown: what it is, unit, limits. Required in a provider that publishes a schema. */
    description?: string;
    /** A change replaces the resource instead of updating it. Applies to everything inside the property too. */
    replace?: boolean;
    /** The value is a secret: encrypted in the state, never part of a message. */
    secret?: boolean;
    /**
     * Whether two values mean the same, where that is more than being equal: order, letter case, what a server
     * adds. Values that mean the same are no diff, and a refresh keeps the spelling that the user gave.
     */
    equals?(before: unknown, after: unknown): boolean;
    /**
     * The API takes this input and never returns it. A refresh keeps what the state has; after an import, where
     * the state has nothing, the program's value is taken over without a diff. An optional one needs a default,
     * which tells a value that was left out from one that an import could not find.
     */
    neverReturned?: boolean;
    /** Environment variables that supply a provider setting which is not given, the first that is set. */
    env?: readonly string[];
    /** Name of an object or enum in the published schema, e.g. `DnsRecord`. */
    typeName?: string;
  }
}

/** Comparison for `equals`: two arrays with the same members in any order. */
export function sameMembers(before: unknown, after: unknown): boolean {
  if (!Array.isArray(before) || !Array.isArray(after) || before.length !== after.length) return false;
  const sorted = (items: unknown[]) => items.map((item) => JSON.stringify(item)).sort();
  return sorted(before).every((item, index) => item === sorted(after)[index]);
}

/** The metadata of a property, whether it was given before or after `.optional()`, `.default()` and the like. */
export function metaOf(schema: z.ZodType): z.GlobalMeta {
  const inner = innerOf(schema);
  return { ...(inner === undefined ? {} : metaOf(inner)), ...schema.meta() };
}

/** The schema that says what a value looks like, without `.optional()`, `.default()`, `.transform()` and the like. */
export function bare(schema: z.ZodType): z.ZodType {
  const inner = innerOf(schema);
  return inner === undefined ? schema : bare(inner);
}

/** Whether a value has to be given. */
export function isRequired(schema: z.ZodType): boolean {
  return !schema.safeParse(undefined).success;
}

/** The value that stands for one which is not given, or undefined where there is none. */
export function defaultOf(schema: z.ZodType): unknown {
  const parsed = schema.safeParse(undefined);
  return parsed.success ? parsed.data : undefined;
}

/** The schema of one property of an object or record, undefined if it can have no such property. */
export function memberOf(schema: z.ZodType, key: string): z.ZodType | undefined {
  const shape = bare(schema);
  if (shape instanceof z.ZodObject) {
    const member: unknown = shape.shape[key];
    return member instanceof z.ZodType ? member : catchallOf(shape);
  }
  if (shape instanceof z.ZodRecord && shape.valueType instanceof z.ZodType) return shape.valueType;
  if (shape instanceof z.ZodArray && shape.element instanceof z.ZodType) return shape.element;
  return undefined;
}

/** The schema of properties that an object's definition does not name: `z.looseObject` has one. */
export function catchallOf(object: z.ZodObject): z.ZodType | undefined {
  const catchall: unknown = object.def.catchall;
  return catchall instanceof z.ZodType && !(catchall instanceof z.ZodNever) ? catchall : undefined;
}

/** The properties that an object's definition names. */
export function membersOf(object: z.ZodObject): [name: string, schema: z.ZodType][] {
  return Object.entries(object.shape).filter(
    (entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType,
  );
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  const inner: unknown =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
      ? schema.def.innerType
      : schema instanceof z.ZodPipe
        ? // z.preprocess() is a pipe out of a transform; every other pipe begins with what the user writes.
          schema.def.in instanceof z.ZodTransform
          ? schema.def.out
          : schema.def.in
        : undefined;
  return inner instanceof z.ZodType ? inner : undefined;
}
