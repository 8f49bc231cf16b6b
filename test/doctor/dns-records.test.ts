import { describe, expect, it } from "vitest";
import { dnsRecords } from "../../cli/doctor/dns/dns-records";
import type { SubjectRecord } from "../../cli/doctor/subject";
import type { MemoryZone } from "../mail-dns/spf/memory-zone";
import { type FakeWorld, fakeWorld, record, subject } from "./fake-world";

const NAME = "s1._domainkey.example.com";
const KEY = record("CNAME", NAME, "s1.target.example", { purpose: "dkim" });
const right: MemoryZone = { [NAME]: [["CNAME", "s1.target.example"]] };
const wrong: MemoryZone = { [NAME]: [["CNAME", "elsewhere.example"]] };
const none: MemoryZone = { [NAME]: [] };

const look = async (world: FakeWorld, records: SubjectRecord[] = [KEY]) =>
  dnsRecords.run(subject(records), fakeWorld({ nameServers: {}, ...world }));

describe("a record that everybody serves as declared is green", () => {
  it("and the summary says who was asked", async () => {
    expect(await look({ zone: right, resolvers: { one: {}, two: {} } })).toEqual({
      status: "ok",
      findings: [],
      summary: "1 record, asked of 2 resolvers and 2 name servers",
    });
  });

  it("without name servers where they are not to be asked", async () => {
    const { summary } = await look({ zone: right, nameServers: undefined });
    expect(summary).toBe("1 record, asked of 1 resolver");
  });
});

describe("one that is wrong is one finding, whoever sees it", () => {
  it.each<[string, FakeWorld, string, RegExp, RegExp]>([
    [
      "missing everywhere",
      { zone: none },
      "error",
      /there is none; the stack declares "s1.target/,
      /pulumi up --refresh/,
    ],
    [
      "different everywhere",
      { zone: wrong, resolvers: { one: {}, two: {} } },
      "error",
      /it says "elsewhere.example"; the stack declares "s1.target.example" \(DKIM key\)/,
      /If the declared value is right/,
    ],
    [
      "hidden by a proxy",
      { zone: { [NAME]: [["A", "192.0.2.7"]] } },
      "error",
      /there are addresses, 192.0.2.7: a proxy/,
      /Switch the proxy off/,
    ],
    [
      "old in one resolver",
      { zone: right, resolvers: { one: wrong, two: {} } },
      "warning",
      /one still sees something else: it says "elsewhere.example".*name servers have it right/,
      /old answers expire/,
    ],
    [
      "old in one name server",
      { zone: right, nameServers: { "192.0.2.2": wrong } },
      "error",
      /name servers of example.com disagree: ns1.example.com has it right, and at ns2.example.com it says "elsewhere/,
      /registrar/,
    ],
    [
      "gone at the name servers, and in a cache",
      { zone: right, nameServers: { "192.0.2.1": none, "192.0.2.2": none } },
      "error",
      /at the name servers of example.com there is none; .*192.0.2.53 sees the declared value, from a cache/,
      /pulumi up --refresh/,
    ],
  ])("%s", async (_, world, severity, message, next) => {
    const { findings } = await look(world);
    expect(findings).toEqual([
      {
        severity,
        path: `CNAME ${NAME}`,
        message: expect.stringMatching(message),
        next: expect.stringMatching(next),
      },
    ]);
  });

  it("a policy that was changed elsewhere is a warning, a missing one an error", async () => {
    const policy = record("TXT", "_dmarc.example.com", "v=DMARC1; p=none", { purpose: "dmarc" });
    const changed = await look({ zone: { "_dmarc.example.com": [["TXT", "v=DMARC1; p=reject"]] } }, [policy]);
    const missing = await look({ zone: {} }, [policy]);
    expect([changed.status, missing.status]).toEqual(["warning", "error"]);
  });

  it("a doubled SPF record names both", async () => {
    const spf = record("TXT", "example.com", "v=spf1 -all", { purpose: "spf" });
    const zone: MemoryZone = {
      "example.com": [
        ["TXT", "v=spf1 -all"],
        ["TXT", "v=spf1 ~all"],
      ],
    };
    const { findings } = await look({ zone }, [spf]);
    expect(findings).toMatchObject([
      {
        message: expect.stringContaining(
          '2 where one may be, which makes all of them void: "v=spf1 -all" and "v=spf1 ~all"',
        ),
      },
    ]);
  });

  it("a record that a person publishes is theirs to mend", async () => {
    const { findings } = await look({ zone: none }, [{ ...KEY, host: "the DNS host" }]);
    expect(findings[0]?.next).toBe(`Publish CNAME "s1.target.example" at ${NAME}.`);
  });

  it("a text from outside can't move the cursor", async () => {
    const policy = record("TXT", "_dmarc.example.com", "v=DMARC1; p=none", { purpose: "dmarc" });
    const zone: MemoryZone = { "_dmarc.example.com": [["TXT", "v=DMARC1; \u001b[2Jp=none"]] };
    const { findings } = await look({ zone }, [policy]);
    expect(findings[0]?.message).not.toContain("\u001b");
  });
});

describe("a server that does not answer is told once, and is no missing record", () => {
  it("a resolver that this network keeps out is a remark", async () => {
    const silent: MemoryZone = { [NAME]: "TIMEOUT", "em.example.com": "TIMEOUT" };
    const second = record("CNAME", "em.example.com", "t.example", { purpose: "return-path" });
    const zone: MemoryZone = { ...right, "em.example.com": [["CNAME", "t.example"]] };
    const result = await look({ zone, resolvers: { one: {}, two: silent } }, [KEY, second]);
    expect(result).toMatchObject({ status: "ok", findings: [{ severity: "info", path: "two" }] });
    expect(result.findings[0]?.next).toContain("--dns-server");
  });

  it("one that fails for some names alone is a warning", async () => {
    const second = record("CNAME", "em.example.com", "t.example", { purpose: "return-path" });
    const zone: MemoryZone = { ...right, "em.example.com": [["CNAME", "t.example"]] };
    const result = await look({ zone, resolvers: { one: {}, two: { [NAME]: "TIMEOUT" } } }, [KEY, second]);
    expect(result.findings).toMatchObject([
      { severity: "warning", path: "two", message: expect.stringContaining(`about CNAME ${NAME}`) },
    ]);
  });

  it("that nobody answers is an error", async () => {
    const result = await look({ zone: { [NAME]: "TIMEOUT" }, nameServers: undefined });
    expect(result).toMatchObject({
      status: "error",
      findings: [{ path: "192.0.2.53", next: expect.stringContaining("lets DNS out") }],
    });
  });

  it("a name server without an address is named", async () => {
    const zone: MemoryZone = { ...right, "ns2.example.com": [] };
    expect((await look({ zone })).findings).toMatchObject([
      { severity: "warning", path: "ns2.example.com", message: expect.stringContaining("has no address") },
    ]);
  });
});

it("what is not published yet is not looked for", async () => {
  expect(await look({ zone: none }, [{ ...KEY, planned: true }])).toMatchObject({
    status: "skipped",
    summary: expect.stringContaining("pulumi up"),
  });
});
