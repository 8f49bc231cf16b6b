import * as z from "zod";
import { bare, membersOf, metaOf } from "./property";
import type { Properties } from "./wire";

/*
 * Provider settings travel as text: whatever is no text arrives, and is kept in the state, as JSON.
 */

/** Names that belong to the engine, not to the provider. */
const isReserved = (name: string) =>
  name.startsWith("__") || name === "version" || name === "pluginDownloadURL";

/** Decodes settings and fills in those that the environment supplies. */
export function readSettings(
  schema: z.ZodObject,
  given: Properties,
  environment: Record<string, string | undefined>,
): Properties {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given.values)) {
    if (!isReserved(name)) values[name] = value;
  }
  for (const [name, member] of membersOf(schema)) {
    const { env } = metaOf(member);
    values[name] ??= env?.map((variable) => environment[variable]).find((value) => value);
    if (values[name] === undefined) delete values[name];
    else values[name] = decodeSetting(member, values[name]);
  }
  return { values, secrets: given.secrets };
}

/** The settings as the engine keeps them, with what belongs to the engine put back. */
export function writeSettings(settings: Properties, given: Properties): Properties {
  const reserved = Object.entries(given.values).filter(([name]) => isReserved(name));
  const values = Object.entries(settings.values).map(([name, value]) => [
    name,
    typeof value === "object" || typeof value === "number" || typeof value === "boolean"
      ? JSON.stringify(value)
      : value,
  ]);
  return {
    values: { ...Object.fromEntries(values), ...Object.fromEntries(reserved) },
    secrets: settings.secrets,
  };
}

function decodeSetting(schema: z.ZodType, value: unknown): unknown {
  if (typeof value !== "string" || takesText(bare(schema))) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // The check says what is wrong with it.
  }
}

function takesText(schema: z.ZodType): boolean {
  return schema.safeParse("").success || schema instanceof z.ZodString || schema instanceof z.ZodEnum;
}
