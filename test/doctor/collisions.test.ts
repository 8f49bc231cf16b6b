import { describe, expect, it } from "vitest";
import type { Finding } from "../../cli/doctor/check";
import { collisions } from "../../cli/doctor/dns/collisions";
import type { SubjectRecord } from "../../cli/doctor/subject";
import type { MemoryZone } from "../mail-dns/spf/memory-zone";
import { fakeWorld, record, subject } from "./fake-world";

const planned = { planned: true } as const;
const spf = record("TXT", "example.com", "v=spf1 -all", { purpose: "spf", ...planned });
const dmarc = record("TXT", "_dmarc.example.com", "v=DMARC1; p=none", { purpose: "dmarc", ...planned });
const dkim = record("CNAME", "s1._domainkey.example.com", undefined, { purpose: "dkim", ...planned });
const returnPath = record("CNAME", "em.example.com", "t.example", { purpose: "return-path", ...planned });

const look = (records: SubjectRecord[], zone: MemoryZone, refusals: Finding[] = []) =>
  collisions.run(subject(records, { source: "planned", refusals }), fakeWorld({ zone }));

describe("what DNS has in the way is named with what to do, before the first up", () => {
  it.each<[string, SubjectRecord, MemoryZone, RegExp, RegExp]>([
    [
      "an SPF record",
      spf,
      { "example.com": [["TXT", "v=spf1 include:a.example ~all"]] },
      /has an SPF record there, and two fail every check.*include:a\.example/,
      /Set spf\.existing to "v=spf1 include:a\.example ~all".*Set adopt\.spf to ZONE/,
    ],
    [
      "two SPF records",
      spf,
      {
        "example.com": [
          ["TXT", "v=spf1 ~all"],
          ["TXT", "v=spf1 ?all"],
        ],
      },
      /more than one SPF record there already/,
      /^Merge them into one at Cloudflare/,
    ],
    [
      "a DMARC record",
      dmarc,
      { "_dmarc.example.com": [["TXT", "v=DMARC1; p=reject"]] },
      /another one there: TXT "v=DMARC1; p=reject"/,
      /Set adopt\.dmarc to/,
    ],
    [
      "a CNAME at the name of a key",
      dkim,
      { "s1._domainkey.example.com": [["CNAME", "other.example"]] },
      /another one there: CNAME "other\.example"/,
      /Set adopt/,
    ],
    [
      "an address at the name of the return path",
      returnPath,
      { "em.example.com": [["A", "192.0.2.9"]] },
      /A "192\.0\.2\.9" there, and a CNAME must be alone/,
      /Choose another subdomain or selector/,
    ],
  ])("%s", async (_, declared, zone, message, next) => {
    expect(await look([declared], zone)).toMatchObject({
      status: "error",
      findings: [
        {
          severity: "error",
          path: `${declared.type} ${declared.name}`,
          message: expect.stringMatching(message),
          next: expect.stringMatching(next),
        },
      ],
    });
  });

  it("at Route 53, where the id can be told, with the id's form", async () => {
    const { findings } = await look([{ ...dmarc, host: "Route 53" }], {
      "_dmarc.example.com": [["TXT", "v=DMARC1; p=reject"]],
    });
    expect(findings[0]?.next).toContain("ZONE__dmarc.example.com_TXT");
  });
});

describe("what may stay is no collision", () => {
  it.each<[string, SubjectRecord, MemoryZone]>([
    ["nothing", spf, {}],
    ["texts for other purposes", spf, { "example.com": [["TXT", "site-verification=1"]] }],
    [
      "an address and an exchanger beside SPF",
      spf,
      {
        "example.com": [
          ["A", "192.0.2.9"],
          ["MX", { preference: 1, exchange: "m.example" }],
        ],
      },
    ],
  ])("%s", async (_, declared, zone) => {
    expect(await look([declared], zone)).toMatchObject({ status: "ok", findings: [] });
  });

  it("what a wildcard answers", async () => {
    const world = fakeWorld();
    const wild = {
      lookUp: async (_name: string, type: string) => ({
        exists: true,
        records: type === "A" ? ["192.0.2.9"] : [],
      }),
    };
    const resolvers = [{ name: "one", resolver: wild as never }] as const;
    expect(await collisions.run(subject([returnPath]), { ...world, resolvers })).toMatchObject({
      findings: [],
    });
  });

  it("a record that is there already as it will be, which is a remark", async () => {
    const zone: MemoryZone = { "_dmarc.example.com": [["TXT", "v=DMARC1; p=none"]] };
    expect(await look([dmarc], zone)).toMatchObject({ status: "ok", findings: [{ severity: "info" }] });
  });
});

it("what the preview refused is told once, and not again by DNS", async () => {
  const refusal: Finding = {
    severity: "error",
    path: "adopt.dmarc",
    message: '"_dmarc.example.com" exists already at Cloudflare: TXT "v=DMARC1; p=reject"',
    next: 'Set adopt.dmarc to "zone/record" to take it over as it is.',
  };
  const zone: MemoryZone = { "_dmarc.example.com": [["TXT", "v=DMARC1; p=reject"]] };
  expect((await look([dmarc], zone, [refusal])).findings).toEqual([refusal]);
});

it("a name that nobody answers for is a warning", async () => {
  expect(await look([dmarc], { "_dmarc.example.com": "TIMEOUT" })).toMatchObject({ status: "warning" });
});

it("with nothing to publish there is nothing to look at", async () => {
  expect((await look([{ ...spf, planned: false }], {})).status).toBe("skipped");
});
