/** What a preview can't know before the update. */
export const UNKNOWN: unique symbol = Symbol("known after the update");
/** What must not be shown. */
export const SECRET: unique symbol = Symbol("secret");

/** A value of a resource as a preview or a state shows it: JSON, with unknown and secret parts marked. */
export type Value =
  | string
  | number
  | boolean
  | null
  | typeof UNKNOWN
  | typeof SECRET
  | Value[]
  | { [key: string]: Value };

/**
 * What the engine writes in place of an unknown string, boolean, number, array, asset, archive and object
 * (sdk/go/common/resource/plugin/rpc.go).
 */
const UNKNOWN_SENTINELS: ReadonlySet<string> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** What `preview --json` and `stack export` write in place of a secret. */
const HIDDEN = "[secret]";
/** The key of an object that stands for something else (sdk/go/common/resource/sig), and what it may stand for. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Reads JSON as the engine writes it. The inside of a secret is dropped, in clear or encrypted. Never throws. */
export function parseValue(json: unknown): Value {
  if (json === undefined || json === null) {
    return null;
  }
  if (typeof json === "string") {
    return parseText(json);
  }
  if (typeof json === "number" || typeof json === "boolean") {
    return json;
  }
  if (Array.isArray(json)) {
    return json.map(parseValue);
  }
  return typeof json === "object" ? parseObject(new Map<string, unknown>(Object.entries(json))) : null;
}

function parseText(text: string): Value {
  if (text === HIDDEN) {
    return SECRET;
  }
  // A text that is put together around an unknown one is as unknown.
  return UNKNOWN_SENTINELS.has(text) || text.includes(UNKNOWN_STRING) ? UNKNOWN : text;
}

function parseObject(entries: ReadonlyMap<string, unknown>): Value {
  const signature = entries.get(SIGNATURE);
  if (signature === SECRET_SIGNATURE) {
    return SECRET;
  }
  if (signature === OUTPUT_SIGNATURE) {
    if (entries.get("secret") === true) {
      return SECRET;
    }
    return entries.has("value") ? parseValue(entries.get("value")) : UNKNOWN;
  }
  return Object.fromEntries([...entries].map(([key, value]) => [key, parseValue(value)]));
}

/** Whether there is a value at all that may be looked at. Parts of a list or an object can still be unknown or secret. */
export function known(
  value: Value | undefined,
): value is Exclude<Value, typeof UNKNOWN | typeof SECRET | null> {
  return value !== undefined && value !== null && value !== UNKNOWN && value !== SECRET;
}

/** The text, or undefined for everything else. */
export function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The number, also where it is written as text, or undefined for everything else. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) {
    return Number(value);
  }
  return typeof value === "number" ? value : undefined;
}

/** The items of a list; none for everything else. */
export function listOf(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}

/** A property of an object; undefined for everything else and where the object lacks it. */
export function propertyOf(value: Value | undefined, key: string): Value | undefined {
  return known(value) && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, key)
    ? value[key]
    : undefined;
}

/** Whether two values are the same for all that can be known. Unknown and secret ones are equal to their like. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  return JSON.stringify(plainJson(one)) === JSON.stringify(plainJson(other));
}

/** What people read in place of an unknown value. */
export const SHOWN_UNKNOWN = "(known after the update)";
/** What people read in place of a secret one. */
export const SHOWN_SECRET = "(secret)";

/** The value for people: text as it is, everything else as JSON, with what is unknown or secret said in words. */
export function showValue(value: Value | undefined): string {
  if (value === undefined || value === null) {
    return "(none)";
  }
  const plain = plainJson(value);
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}

/** The value as JSON, with what is unknown or secret said in words; object keys in order. */
export function plainJson(value: Value | undefined): unknown {
  if (value === UNKNOWN) {
    return SHOWN_UNKNOWN;
  }
  if (value === SECRET) {
    return SHOWN_SECRET;
  }
  if (Array.isArray(value)) {
    return value.map(plainJson);
  }
  if (known(value) && typeof value === "object") {
    const keys = Object.keys(value).toSorted();
    return Object.fromEntries(keys.map((key) => [key, plainJson(value[key])]));
  }
  return value ?? null;
}
