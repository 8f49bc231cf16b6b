import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { dkim } from "../../cli/doctor/dns/dkim";
import { dmarc } from "../../cli/doctor/dns/dmarc";
import { spf } from "../../cli/doctor/dns/spf";
import type { MemoryZone } from "../mail-dns/spf/memory-zone";
import { fakeWorld, IDENTITY, record, subject } from "./fake-world";

const own = record("TXT", "example.com", "v=spf1 include:a.example -all", { purpose: "spf" });
const returnPath = record("CNAME", "em.example.com", "t.sendgrid.example", { purpose: "return-path" });
const policy = record("TXT", "_dmarc.example.com", "v=DMARC1; p=none", { purpose: "dmarc" });
const text = (value: string): ["TXT", string] => ["TXT", value];

describe("SPF", () => {
  const check = (zone: MemoryZone, records = [own], sendGrid?: Record<string, unknown>) =>
    spf.run(subject(records, { identities: [IDENTITY] }), fakeWorld({ zone, sendGrid }));
  const published = { "example.com": [text("v=spf1 include:a.example -all")] };

  it("in order says what it costs", async () => {
    expect(await check({ ...published, "a.example": [text("v=spf1 ip4:198.51.100.7 -all")] })).toEqual({
      status: "ok",
      findings: [],
      summary: "example.com: SPF lookups 1 of 10",
    });
  });

  it("over the budget is an error, with what to remove", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [`a${index}.example`, [text("v=spf1 ip4:198.51.100.7 -all")]]),
    );
    const includes = Object.keys(many).map((name) => `include:${name}`);
    const zone = { ...published, ...many, "a.example": [text(`v=spf1 ${includes.join(" ")} -all`)] };
    expect(await check(zone)).toMatchObject({
      status: "error",
      findings: [
        { message: expect.stringContaining("12 lookups of 10"), next: expect.stringMatching(/^Remove/) },
      ],
    });
  });

  it("with an include that has no record is an error", async () => {
    const { findings } = await check(published);
    expect(findings).toMatchObject([
      {
        severity: "error",
        path: "example.com",
        message: expect.stringContaining("a.example has no SPF record"),
      },
    ]);
  });

  it("of the return path is looked at behind the CNAME", async () => {
    const zone: MemoryZone = { "em.example.com": [["CNAME", "t.sendgrid.example"]] };
    const { findings } = await check(zone, [returnPath]);
    expect(findings).toMatchObject([{ path: "em.example.com", message: /has no SPF record/ }]);
    const withSpf = { ...zone, "t.sendgrid.example": [text("v=spf1 ip4:198.51.100.7 -all")] };
    expect((await check(withSpf, [returnPath])).status).toBe("ok");
  });

  it("of an identity that is gone is not told again", async () => {
    const zone: MemoryZone = { "em.example.com": [["CNAME", "t.sendgrid.example"]] };
    expect(await check(zone, [returnPath], {})).toMatchObject({ status: "skipped" });
  });

  it("that DNS records has found to differ is not told again", async () => {
    expect(await check({ "example.com": [text("v=spf1 +all")] })).toMatchObject({
      status: "skipped",
      findings: [],
    });
  });

  it("is evaluated as it will be, before the first up", async () => {
    const result = await check({ "example.com": [text("v=spf1 +all")] }, [{ ...own, planned: true }]);
    expect(result.findings).toMatchObject([
      { message: expect.stringContaining("a.example has no SPF record") },
    ]);
  });
});

describe("DKIM", () => {
  const keyOf = (modulusLength: number) => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength });
    return `v=DKIM1; k=rsa; p=${publicKey.export({ type: "spki", format: "der" }).toString("base64")}`;
  };
  const name = "s1._domainkey.example.com";
  const target = "s1.t.sendgrid.example";
  const cname = record("CNAME", name, target, { purpose: "dkim" });
  const check = (texts: string[], sendGrid?: Record<string, unknown>) =>
    dkim.run(
      subject([cname], { identities: [IDENTITY] }),
      fakeWorld({ zone: { [name]: [["CNAME", target]], [target]: texts.map(text) }, sendGrid }),
    );
  const identity = (data: string) => ({
    "/v3/whitelabel/domains/7": {
      ...{ id: 7, domain: "example.com", subdomain: "em", valid: true, default: false },
      dns: { dkim1: { valid: true, type: "cname", host: name, data } },
    },
  });

  it("keys are followed to the end of their CNAMEs, and their strength is told", async () => {
    expect(await check([keyOf(2048)], identity(target))).toEqual({
      status: "ok",
      findings: [],
      summary: "1 key: RSA 2048",
    });
  });

  it.each<[string, string[], string, RegExp]>([
    ["a weak key", [keyOf(1024)], "warning", /1024/],
    ["a key that receivers refuse", [keyOf(768)], "error", /768/],
    ["no key at the end of the CNAME", [], "error", /there is no key at the end of the CNAME to s1\.t/],
    ["two keys", [keyOf(2048), keyOf(2048)], "error", /there are 2 texts/],
    ["a revoked key", ["v=DKIM1; p="], "warning", /revoked/],
    ["no key at all", ["hello"], "error", /ignore the record/],
  ])("%s", async (_, texts, severity, message) => {
    const { findings } = await check(texts);
    expect(findings[0]).toMatchObject({ severity, path: name, message: expect.stringMatching(message) });
  });

  it("a key that SendGrid does not sign with any more is an error, though it is published as declared", async () => {
    const { findings } = await check([keyOf(2048)], identity("s1.other.sendgrid.example"));
    expect(findings).toMatchObject([
      {
        severity: "error",
        path: name,
        message: /SendGrid signs with the key behind CNAME "s1.other/,
        next: /pulumi up --refresh/,
      },
    ]);
  });
});

describe("DMARC", () => {
  const check = (zone: MemoryZone, records = [policy], domain = {}) =>
    dmarc.run(subject(records, { domain }), fakeWorld({ zone }));
  const declared = (published: string, planned = false) => ({
    zone: { "_dmarc.example.com": [text(published)] },
    records: [{ ...policy, values: [published], planned }],
  });

  it("says the policy that applies", async () => {
    const { zone, records } = declared("v=DMARC1; p=quarantine; t=y");
    expect(await check(zone, records)).toEqual({
      status: "ok",
      findings: [],
      summary: "example.com: p=quarantine (test mode: none)",
    });
  });

  it("warns of reports that another domain has not agreed to take, and not of those that it has", async () => {
    const { zone, records } = declared("v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@reports.example");
    const { findings } = await check(zone, records);
    expect(findings).toMatchObject([
      { severity: "warning", next: /example.com._report._dmarc.reports.example/ },
    ]);
    const agreed = { ...zone, "example.com._report._dmarc.reports.example": [text("v=DMARC1")] };
    expect((await check(agreed, records)).findings).toEqual([]);
  });

  it("is an error where no mail can pass", async () => {
    const { zone, records } = declared("v=DMARC1; p=reject; adkim=s; aspf=s");
    const { findings } = await check(zone, records, { returnPath: "em.example.com" });
    expect(findings).toMatchObject([
      {
        severity: "error",
        message: expect.stringContaining("can never pass DMARC"),
        next: "Set spfAlignment to relaxed.",
      },
    ]);
  });

  it("is a warning where there is none at all", async () => {
    expect(await check({}, [])).toMatchObject({
      status: "warning",
      findings: [{ next: expect.stringContaining("policy none") }],
    });
  });

  it("that differs from what is declared is left to DNS records", async () => {
    expect(await check({ "_dmarc.example.com": [text("v=DMARC1; p=reject")] })).toMatchObject({
      status: "skipped",
      findings: [],
    });
  });

  it("that a refused preview does not come to is not missed", async () => {
    const refusals = [
      { severity: "error", path: "adopt.spf", message: "is there", next: "Set it." } as const,
    ];
    const result = await dmarc.run(subject([], { source: "planned", refusals }), fakeWorld());
    expect(result).toMatchObject({ status: "skipped", findings: [] });
  });

  it("that nobody tells is a warning", async () => {
    expect(await check({ "_dmarc.example.com": "TIMEOUT" }, [])).toMatchObject({ status: "warning" });
  });
});
