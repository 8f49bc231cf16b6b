import { gunzipSync } from "node:zlib";
import { textOf } from "../../mail-resources/value";
import type { RuleResource, Violation } from "../rule";

/** What a server boots from, as far as it can be read. */
export interface UserData {
  resource: RuleResource;
  /** The property that holds it. */
  property: string;
  /** The text, and after it what is encoded in it, such as the files of a cloud-config. */
  text: string;
}

/** EC2's instances and templates, Azure's machines, Google's and others' instances. */
const PROPERTIES = [
  "userData",
  "userDataBase64",
  "customData",
  "metadataStartupScript",
  "startupScript",
  "cloudInit",
];
/** Base64 that is worth a look: at least 40 characters, over several lines or in one. */
const ENCODED = /(?:[A-Za-z0-9+/]{40,}={0,2}|(?:[A-Za-z0-9+/]{60,76}\s+)+[A-Za-z0-9+/]{4,76}={0,2})/g;
/** Encodings within encodings that are opened. */
const DEEPEST = 3;
/** What is unpacked at most, in bytes: user data has 16 KiB, and nobody is to fill the memory with it. */
const LARGEST = 4 * 1024 * 1024;

/** The known user data of these resources. */
export function userData(resources: readonly RuleResource[]): UserData[] {
  return resources.flatMap((resource) =>
    PROPERTIES.flatMap((property) => {
      const given = textOf(resource.inputs[property]);
      return given === undefined || given === "" ? [] : [{ resource, property, text: readable(given) }];
    }),
  );
}

/** The violations of user data: what `find` finds in a text is said behind the property, and nothing of the text itself. */
export function userDataViolations(
  resources: readonly RuleResource[],
  find: (text: string) => string | undefined,
): Violation[] {
  return userData(resources).flatMap(({ resource: { urn }, property, text }) => {
    const found = find(text);
    return found === undefined ? [] : [{ urn, message: `${property}: ${found}` }];
  });
}

/** The text with what is base64, and within that gzip, in it written out behind it. */
export function readable(given: string): string {
  const parts = [given];
  let level = [given];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth += 1) {
    level = level.flatMap((each) => (each.match(ENCODED) ?? []).map(decoded)).filter((each) => each !== "");
    parts.push(...level);
  }
  return parts.join("\n");
}

function decoded(encoded: string): string {
  const bytes = Buffer.from(encoded.replace(/\s/g, ""), "base64");
  const plain = isGzip(bytes) ? unpacked(bytes) : bytes;
  const read = plain.toString("utf8");
  // Digests, keys and signatures are base64 too, and no text.
  return /[^\P{Cc}\s]|\ufffd/u.test(read) ? "" : read;
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST });
  } catch {
    // Two bytes of something else that look like gzip's.
    return Buffer.alloc(0);
  }
}
