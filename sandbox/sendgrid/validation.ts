import type { Resolve } from "../dns";
import type { RequiredRecord } from "./domains";

/** Something with records that a user has to publish. */
export interface Validated {
  readonly dns: Record<string, RequiredRecord>;
  valid: boolean;
  /** Epoch seconds of the latest validation. */
  lastValidationAttemptAt?: number;
}

/** What a validation says of one record. */
export interface RecordResult {
  valid: boolean;
  reason: string | null;
}

/** A look-up that gave no answer: SendGrid answers 500 then, and a client tries again. */
export class LookupFailed extends Error {
  override readonly name = "LookupFailed";

  constructor(type: string, cause: unknown) {
    super(`internal error getting ${type}`, { cause });
  }
}

/**
 * Looks every record up in DNS and notes beside it what was found.
 *
 * The reasons are worded as SendGrid words them. What SendGrid really compares in manual mode is not
 * documented; here the SPF of the domain has to hold the `include`, the other records have to be equal.
 *
 * @throws LookupFailed when DNS does not answer; the domain is left as it was.
 */
export async function validate(domain: Validated, resolve: Resolve): Promise<Record<string, RecordResult>> {
  const entries = Object.entries(domain.dns);
  const results = await Promise.all(entries.map(([key, record]) => check(key, record, resolve)));
  for (const [index, [, record]] of entries.entries()) record.valid = results[index]?.valid ?? false;
  domain.valid = results.every(({ valid }) => valid);
  domain.lastValidationAttemptAt = Math.floor(Date.now() / 1000);
  return Object.fromEntries(
    entries.map(([key], index) => [key, results[index] ?? { valid: false, reason: null }]),
  );
}

async function check(key: string, record: RequiredRecord, resolve: Resolve): Promise<RecordResult> {
  const { host, data, type } = record;
  switch (type) {
    case "a": {
      const found = await lookUp(resolve, host, "A");
      return verdict(found.includes(data), `Expected A record for "${host}" to match "${data}".`);
    }
    case "cname": {
      const found = await lookUp(resolve, host, "CNAME");
      return verdict(
        found.some((each) => isSameName(each, data)),
        `Expected CNAME for "${host}" to match "${data}".`,
      );
    }
    case "mx": {
      const found = await lookUp(resolve, host, "MX");
      const expected = `Expected your MX record to be "${data.replace(/\.$/, "")}"`;
      const butFound = found.length > 0 ? ` but found "${found.join('", "')}".` : ".";
      return verdict(
        found.length === 1 && found.every((each) => isSameName(each, data)),
        expected + butFound,
      );
    }
    case "txt": {
      const found = await lookUp(resolve, host, "TXT");
      const include = key === "domain_spf" ? /include:\S+/.exec(data)?.[0] : undefined;
      const isRight = (text: string) =>
        include ? text.startsWith("v=spf1 ") && text.split(" ").includes(include) : text === data;
      return verdict(found.some(isRight), `Expected TXT for "${host}" to match "${data}".`);
    }
  }
}

function verdict(valid: boolean, reason: string): RecordResult {
  return { valid, reason: valid ? null : reason };
}

/** The values of a name's records as text; none when the name or the type does not exist. */
async function lookUp(resolve: Resolve, host: string, type: "A" | "CNAME" | "MX" | "TXT"): Promise<string[]> {
  try {
    const records = await resolve(host, type);
    return Array.isArray(records) ? records.map(toText) : [];
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOTFOUND" || code === "ENODATA") return [];
    throw new LookupFailed(type, error);
  }
}

/** node:dns gives names as strings, TXT as lists of strings, MX as objects. */
function toText(record: unknown): string {
  if (Array.isArray(record)) return record.join("");
  if (typeof record === "object" && record !== null && "exchange" in record) return String(record.exchange);
  return String(record);
}

function isSameName(a: string, b: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/\.$/, "");
  return plain(a) === plain(b);
}
