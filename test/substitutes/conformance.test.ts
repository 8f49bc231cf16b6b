import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { substituteDepartures } from "./conformance";

// The comparison itself, on a made-up excerpt; that with the real schemas is `npm run conformance`.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smarthost-conformance-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const getZone = {
  inputs: { zoneId: { type: "string" }, filter: { ref: "input:GetZoneFilter" } },
  outputs: Object.fromEntries(
    ["id", "zoneId", "name", "status", "type"].map((name) => [name, { type: "string" }]),
  ),
};
const dnsRecord = {
  inputs: { name: { type: "string" }, ttl: { type: "string" }, settings: { ref: "input:DnsRecordSettings" } },
  requiredInputs: ["name", "settings"],
  outputs: { name: { type: "string" } },
  replace: { forceNew: ["name"] },
};

test("a name, a type, a requirement or a replacement that departs is reported", () => {
  writeFileSync(
    join(folder, "aws.json"),
    JSON.stringify({ version: "7.48.0", resources: {}, functions: {} }),
  );
  writeFileSync(
    join(folder, "cloudflare.json"),
    JSON.stringify({
      version: "6.0.0",
      resources: { "cloudflare:index/dnsRecord:DnsRecord": dnsRecord },
      functions: { "cloudflare:index/getZone:getZone": getZone },
    }),
  );
  const departures = substituteDepartures(folder);
  expect(departures).toEqual(
    expect.arrayContaining([
      "aws:ssm/parameter:Parameter: no such resource",
      "aws:index/getRegion:getRegion: no such function",
      "version 6.22.1 instead of 6.0.0",
      "cloudflare:index/dnsRecord:DnsRecord input proxied: the real one has no such property",
      "cloudflare:index/dnsRecord:DnsRecord input ttl: integer instead of string",
      "cloudflare:index/dnsRecord:DnsRecord settings: the real one requires it",
      "cloudflare:index/dnsRecord:DnsRecord name: a change replaces the real one",
      "cloudflare:index/getZone:getZone output account: the real one has no such property",
    ]),
  );
  expect(departures.filter((each) => each.includes("getZone input"))).toEqual([]);
});
