import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import * as z from "zod";
import { pyspfFiles } from "./pyspf";
import type { TestZone, ZoneEntry } from "./zone-server";

const Text = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const Entry = z.union([
  z.literal("TIMEOUT"),
  z.strictObject({ SPF: Text }),
  z.strictObject({ TXT: Text }),
  z.strictObject({ MX: z.tuple([z.number(), z.string()]) }),
  z.strictObject({ A: z.string() }),
  z.strictObject({ AAAA: z.string() }),
  z.strictObject({ PTR: z.string() }),
  z.strictObject({ CNAME: z.string() }),
]);
const Case = z.object({
  host: z.string(),
  mailfrom: z.string(),
  helo: z.string(),
  /** Several: all are allowed, and the first is preferred. */
  result: z.union([z.string().transform((result) => [result]), z.array(z.string())]),
  /** `DEFAULT` is the receiver's own. */
  explanation: z.string().optional(),
});
const Scenario = z.object({
  description: z.string(),
  tests: z.record(z.string(), Case),
  zonedata: z.record(z.string(), z.array(Entry)),
});

export interface SuiteScenario {
  description: string;
  tests: Record<string, z.infer<typeof Case>>;
  zone: TestZone;
}

/** The openspf.org test suite for RFC 7208, as Debian's package of pyspf carries it. */
export async function rfc7208Suite(): Promise<SuiteScenario[]> {
  const { root } = await pyspfFiles();
  const file = join(root, "usr/share/doc/python3-spf/rfc7208-tests.yml.gz");
  const documents = parseAllDocuments(gunzipSync(await readFile(file)).toString("utf8"));
  return [...documents].flatMap((document) => {
    if (document.errors.length > 0) {
      throw new Error(`${file}: ${document.errors.join("; ")}`);
    }
    const scenario = Scenario.safeParse(document.toJS());
    if (!scenario.success) {
      throw new Error(`${file}: ${z.prettifyError(scenario.error)}`);
    }
    const { description, tests, zonedata } = scenario.data;
    return [{ description, tests, zone: toZone(zonedata) }];
  });
}

/**
 * The suite's drivers publish every record of the obsolete type SPF as TXT too, unless the name has TXT records
 * of its own; `TXT: NONE` keeps a name without. The type SPF itself is never asked for.
 */
function toZone(zonedata: z.infer<typeof Scenario>["zonedata"]): TestZone {
  return new Map(
    Object.entries(zonedata).map(([name, entries]) => {
      const hasText = entries.some((entry) => typeof entry === "object" && "TXT" in entry);
      const own = entries.flatMap(toEntry);
      const copies = hasText ? [] : entries.flatMap(toCopy);
      return [name.toLowerCase().replace(/\.$/, ""), [...own, ...copies]];
    }),
  );
}

function toCopy(entry: z.infer<typeof Entry>): ZoneEntry[] {
  return typeof entry === "object" && "SPF" in entry ? [{ type: "TXT", data: entry.SPF }] : [];
}

function toEntry(entry: z.infer<typeof Entry>): ZoneEntry[] {
  if (entry === "TIMEOUT") {
    return [{ type: "TIMEOUT" }];
  }
  if ("SPF" in entry) {
    return [];
  }
  if ("TXT" in entry) {
    return entry.TXT.join() === "NONE" ? [] : [{ type: "TXT", data: entry.TXT }];
  }
  if ("MX" in entry) {
    const [preference, exchange] = entry.MX;
    return [{ type: "MX", data: { preference, exchange } }];
  }
  if ("A" in entry) {
    return [{ type: "A", data: entry.A }];
  }
  if ("AAAA" in entry) {
    return [{ type: "AAAA", data: entry.AAAA }];
  }
  return "PTR" in entry ? [{ type: "PTR", data: entry.PTR }] : [{ type: "CNAME", data: entry.CNAME }];
}
