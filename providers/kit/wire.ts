import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "./unknown";

/**
 * Property values as resource code sees them: plain, with {@link UNKNOWN} where the engine does not know a value
 * yet, and beside them the names of those top-level properties that are, or contain, a secret.
 */
export interface Properties {
  values: Record<string, unknown>;
  secrets: ReadonlySet<string>;
}

// The engine's marks for values that JSON has no form for: sdk/go/common/resource/plugin/rpc.go and sig/sig.go.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS: ReadonlySet<string> = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Reads the properties of a message. Absent and null properties are left out. */
export function decode(struct: Struct | undefined): Properties {
  const values: Record<string, unknown> = {};
  const secrets = new Set<string>();
  for (const [name, raw] of Object.entries(struct?.toJavaScript() ?? {})) {
    const value = decodeValue(raw, () => secrets.add(name));
    if (value !== undefined && value !== null) values[name] = value;
  }
  return { values, secrets };
}

/** Writes properties for a message. Undefined ones are left out. */
export function encode({ values, secrets }: Properties): Struct {
  const encoded: Record<string, JavaScriptValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const plain = encodeValue(value);
    encoded[name] = secrets.has(name) ? { [SIGNATURE]: SECRET, value: plain } : plain;
  }
  return Struct.fromJavaScript(encoded);
}

/** All texts inside the secret properties: what must not appear in a message. */
export function secretTexts({ values, secrets }: Properties): string[] {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
  };
  for (const name of secrets) collect(values[name]);
  return texts;
}

function decodeValue(raw: unknown, foundSecret: () => void): unknown {
  if (typeof raw === "string") return UNKNOWNS.has(raw) ? UNKNOWN : raw;
  if (Array.isArray(raw)) return raw.map((item) => decodeValue(item, foundSecret));
  if (!isObject(raw)) return raw;
  if (raw[SIGNATURE] === SECRET) {
    foundSecret();
    return decodeValue(raw.value, foundSecret);
  }
  if (raw[SIGNATURE] === OUTPUT) {
    if (raw.secret === true) foundSecret();
    return raw.value === undefined ? UNKNOWN : decodeValue(raw.value, foundSecret);
  }
  return Object.fromEntries(
    Object.entries(raw)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, decodeValue(value, foundSecret)]),
  );
}

function encodeValue(value: unknown): JavaScriptValue {
  if (value === UNKNOWN) return UNKNOWN_STRING;
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(encodeValue);
  if (typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, encodeValue(member)]),
    );
  }
  throw new Error(`a ${typeof value} can't be a property value`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
