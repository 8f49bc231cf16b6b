import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { Fault } from "../components/faults";
import { bare, membersOf, metaOf } from "../providers/kit/property";
import { resolved } from "./pulumi-internals";

/** What a caller's properties came to: the arguments, or everything that is wrong with their form. */
export type ReadArguments<Arguments> = { arguments: Arguments } | { faults: Fault[] };

/**
 * Reads the properties that a program in another language gave. A plain property that arrives as an output is taken as the value
 * that it has; where only the update knows it, that is a fault, because it decides which resources there are.
 *
 * What the schema flags as secret is secret from here on, whether or not the program marked it.
 */
export async function readArguments<Schema extends z.ZodObject>(
  schema: Schema,
  inputs: pulumi.Inputs,
): Promise<ReadArguments<z.output<Schema>>> {
  const given: Record<string, unknown> = {};
  const faults: Fault[] = [];
  const members = new Map(membersOf(schema));
  for (const [name, value] of Object.entries(inputs)) {
    const member = members.get(name);
    const { value: plain, isSecret } =
      member === undefined || metaOf(member).input !== undefined
        ? { value, isSecret: false }
        : await resolved(value);
    if (isSecret && (typeof plain !== "object" || plain === null)) {
      faults.push({
        path: name,
        reason: "is secret, and names and records that everybody sees are made from it",
        next: "Give it as a plain value.",
      });
    }
    given[name] = member === undefined ? plain : withSecrets(member, withoutNulls(plain), isSecret);
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.flatMap((issue) => faultsOf(issue, given)));
  }
  return parsed.success && faults.length === 0 ? { arguments: parsed.data } : { faults };
}

/** A property that is null is one that was left out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isPlainObject(value)) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutNulls(each)]));
}

/** Marks what the schema flags as secret; all inputs where the whole property was marked (`all`). */
function withSecrets(schema: z.ZodType, value: unknown, all: boolean): unknown {
  const { input, secret } = metaOf(schema);
  if (input !== undefined) {
    const isText = typeof value === "string" || pulumi.Output.isInstance(value);
    return (secret || all) && isText ? pulumi.secret(value) : value;
  }
  const shape = bare(schema);
  if (Array.isArray(value) && shape instanceof z.ZodArray && shape.element instanceof z.ZodType) {
    const { element } = shape;
    return value.map((each) => withSecrets(element, each, all));
  }
  if (!isPlainObject(value)) return value;
  const memberOf = (name: string): unknown =>
    shape instanceof z.ZodObject
      ? shape.shape[name]
      : shape instanceof z.ZodRecord
        ? shape.valueType
        : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const member = memberOf(name);
      return [name, member instanceof z.ZodType ? withSecrets(member, each, all) : each];
    }),
  );
}

function faultsOf(issue: z.core.$ZodIssue, given: unknown): Fault[] {
  const path = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      reason: "is no property that exists here",
      next: "Look for a typing error, or remove it.",
    }));
  }
  const value = issue.path.reduce<unknown>(
    (inside, key) => (typeof inside === "object" && inside !== null ? Reflect.get(inside, key) : undefined),
    given,
  );
  if (pulumi.Output.isInstance(value)) {
    const reason = "is known only after the update, and it decides which resources there are";
    return [{ path, reason, next: "Give a plain value, such as one from the stack's configuration." }];
  }
  if (value === undefined) return [{ path, reason: "is missing", next: "Give it." }];
  const shown = typeof value === "number" || typeof value === "boolean" ? { value: String(value) } : {};
  if (issue.code === "invalid_value") {
    const words = issue.values.map((word) => JSON.stringify(word)).join(", ");
    return [
      { path, value: String(value), reason: "is none of the words for it", next: `Give one of ${words}.` },
    ];
  }
  const expected = issue.code === "invalid_type" ? issue.expected : "text";
  const reason = `is not ${NAMES[expected] ?? `a value of the type ${expected}`}`;
  return [{ path, ...shown, reason, next: "Look it up in the package's reference." }];
}

const NAMES: Record<string, string> = {
  string: "a text",
  text: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object with properties",
  record: "an object with properties",
};

/** `relay.clients[1]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    "",
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !pulumi.Output.isInstance(value) &&
    !pulumi.Resource.isInstance(value)
  );
}
