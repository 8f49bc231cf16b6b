import { describe, expect, it } from "vitest";
import { sendGridIdentities } from "../../cli/doctor/sendgrid/identities";
import { sendGridKeys } from "../../cli/doctor/sendgrid/keys";
import type { SendGridIdentity } from "../../cli/doctor/subject";
import { fakeWorld, IDENTITY, record, subject } from "./fake-world";

const DOMAIN_PATH = "/v3/whitelabel/domains/7";
const answer = (more: object = {}) => ({
  ...{ id: 7, domain: "example.com", subdomain: "em", valid: true, default: false },
  dns: { mail_cname: { valid: true, type: "cname", host: "em.example.com", data: "t.example" } },
  ...more,
});

describe("an identity", () => {
  const check = (sendGrid: Record<string, unknown> | undefined, identity: Partial<SendGridIdentity> = {}) =>
    sendGridIdentities.run(
      subject([record("CNAME", "em.example.com", "t.example")], {
        identities: [{ ...IDENTITY, ...identity }],
      }),
      fakeWorld({ sendGrid }),
    );

  it("that is valid is green", async () => {
    expect(await check({ [DOMAIN_PATH]: answer() })).toEqual({
      status: "ok",
      findings: [],
      summary: "1 of 1 valid",
    });
  });

  it("that SendGrid does not know any more is an error", async () => {
    expect((await check({})).findings).toEqual([
      {
        severity: "error",
        path: "em.example.com",
        message: "SendGrid has no authenticated domain 7 any more, and refuses mail from example.com",
        next: "Run `pulumi up --refresh`, which makes it anew and publishes its records.",
      },
    ]);
  });

  it("that is not valid says which records SendGrid misses, and since when", async () => {
    const dns = { mail_cname: { valid: false, type: "cname", host: "em.example.com", data: "t.example" } };
    const at = Date.parse("2031-05-01T11:00:00Z") / 1_000;
    const { findings } = await check({
      [DOMAIN_PATH]: answer({ valid: false, dns, last_validation_attempt_at: at }),
    });
    expect(findings[0]?.message).toBe(
      'SendGrid does not take the domain for valid, last looked at 1 h ago, and refuses its mail: CNAME em.example.com should say "t.example"',
    );
    expect(findings[0]?.next).toContain("`pulumi up --refresh` has SendGrid look again");
  });

  it("whose missing record is not the stack's names it", async () => {
    const dns = { domain_spf: { valid: false, type: "txt", host: "example.com", data: "v=spf1 -all" } };
    const { findings } = await check({ [DOMAIN_PATH]: answer({ valid: false, dns }) });
    expect(findings[0]?.next).toMatch(/^Publish example.com as SendGrid asks/);
  });

  it("that is the default no more is a warning, where the stack says that it is", async () => {
    expect(await check({ [DOMAIN_PATH]: answer() }, { isDefault: true })).toMatchObject({
      status: "warning",
      findings: [{ message: expect.stringContaining("not the account's default any more") }],
    });
  });

  it("of another domain is an error", async () => {
    const { findings } = await check({ [DOMAIN_PATH]: answer({ domain: "example.net" }) });
    expect(findings).toMatchObject([{ severity: "error", next: expect.stringContaining("pulumi refresh") }]);
  });

  it("that is not made yet, and that the account has already, is named with the setting to adopt it", async () => {
    const taken = {
      "/v3/whitelabel/domains?domain=example.com&limit=50": [
        { id: 9, domain: "example.com", subdomain: "em" },
      ],
    };
    expect((await check(taken, { id: undefined })).findings).toMatchObject([
      { severity: "error", next: expect.stringContaining("sendgridAdoptExisting") },
    ]);
    expect((await check(taken, { id: undefined, adopts: true })).findings).toEqual([]);
    expect((await check(taken, { id: undefined, subdomain: "mail" })).findings).toEqual([]);
  });
});

describe("a key", () => {
  const check = (
    sendGrid: Record<string, unknown> | undefined,
    scopes: string[] | undefined = ["mail.send"],
  ) =>
    sendGridKeys.run(subject([], { keys: [{ id: "abc", name: "relay", scopes }] }), fakeWorld({ sendGrid }));
  const key = (...scopes: string[]) => ({ "/v3/api_keys/abc": { name: "relay", scopes } });

  it("with the declared scopes is green, with those beside that SendGrid adds", async () => {
    expect(await check(key("mail.send", "2fa_required"))).toMatchObject({
      status: "ok",
      summary: "1 key (mail.send)",
    });
    expect(
      (await check({ "/v3/api_keys/abc": { result: [{ name: "relay", scopes: ["mail.send"] }] } })).status,
    ).toBe("ok");
  });

  it("that may do more is an error, and the scopes are counted", async () => {
    const more = ["api_keys.create", "api_keys.delete", "a.b", "c.d", "e.f", "g.h"];
    expect((await check(key("mail.send", ...more))).findings).toMatchObject([
      {
        severity: "error",
        path: 'API key "relay"',
        message: expect.stringContaining("6 scopes, such as a.b"),
      },
    ]);
  });

  it("that may not send is an error", async () => {
    expect((await check(key())).findings).toMatchObject([
      { message: "it lacks mail.send, and SendGrid refuses the mail that is sent with it" },
    ]);
  });

  it("that is gone is an error", async () => {
    expect((await check({})).findings).toMatchObject([
      { message: expect.stringContaining("no key abc any more") },
    ]);
  });

  it("with which others could be made is a warning, though the stack declares it", async () => {
    const scopes = ["mail.send", "api_keys.create"];
    expect(await check(key(...scopes), scopes)).toMatchObject({ status: "warning" });
  });

  it("to which the stack gives more than it needs is a remark", async () => {
    expect(await check(key("mail.send", "stats.read"), ["mail.send", "stats.read"])).toMatchObject({
      status: "ok",
      findings: [{ severity: "info" }],
    });
  });
});

describe("what the doctor's own key may not read is skipped, with the scope to add", () => {
  const things = { identities: [IDENTITY], keys: [{ id: "abc", name: "relay", scopes: ["mail.send"] }] };
  const both = async (sendGrid?: Record<string, unknown>) => {
    const world = fakeWorld({ sendGrid });
    return Promise.all(
      [sendGridIdentities, sendGridKeys].map((check) => check.run(subject([], things), world)),
    );
  };

  it.each<[string, Record<string, unknown> | undefined, [RegExp, RegExp]]>([
    ["no key", undefined, [/^SENDGRID_API_KEY is not set/, /^SENDGRID_API_KEY is not set/]],
    [
      "a key that only sends",
      { "/v3/scopes": { scopes: ["mail.send"] } },
      [/scope whitelabel\.read/, /scope api_keys\.read/],
    ],
    ["a key that is not accepted", { "/v3/scopes": 403 }, [/403/, /403/]],
    [
      "a key of which SendGrid says more than it may",
      { [DOMAIN_PATH]: 403, "/v3/api_keys/abc": 403 },
      [/add the scope whitelabel\.read/, /add the scope api_keys\.read/],
    ],
  ])("%s", async (_, sendGrid, summaries) => {
    expect(await both(sendGrid)).toEqual(
      summaries.map((summary) => ({
        status: "skipped",
        findings: [],
        summary: expect.stringMatching(summary),
      })),
    );
  });
});
