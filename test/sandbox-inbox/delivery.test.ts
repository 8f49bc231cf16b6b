import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CREDITS_EXCEEDED } from "../../sandbox/sendgrid";
import { type MailWorld, startMailWorld, type TransportOptions } from "./mail-world";

let world: MailWorld;
let key: string;

beforeAll(async () => {
  world = await startMailWorld();
  await world.authenticateDomain();
  key = await world.createKey("mail.send");
});

afterAll(() => world.close());

const arrival = (subject: string) => world.inbox.waitFor((message) => message.subject === subject, 10_000);

describe("a message from an authenticated domain", () => {
  test("arrives with SPF, DKIM and DMARC passing, aligned with its From", async () => {
    expect(await world.send(key, { subject: "all pass" })).toMatch(/^250 Ok: queued as \S+$/);
    const message = await arrival("all pass");
    expect(message).toMatchObject({
      spf: { result: "pass", domain: "em.example.com" },
      dkim: [{ result: "pass", domain: "example.com", selector: "s1" }],
      dmarc: { result: "pass", domain: "example.com", policy: "reject" },
      client: { address: "127.0.0.1" },
      tls: { version: "TLSv1.3" },
    });
    expect(message.authenticationResults).toMatch(/^mx\.inbox\.test;.*dkim=pass.*spf=pass.*dmarc=pass/);
    expect(message.raw.toString()).toMatch(
      /^Return-Path: <bounces.*>\r\nAuthentication-Results: mx\.inbox\.test;/,
    );
    expect(message.raw.toString()).toContain("\r\n.\r\nAnother");
  });

  test("leaves under the return path, which names account and recipient", async () => {
    await world.send(key, { subject: "return path" });
    expect((await arrival("return path")).envelope).toEqual({
      from: expect.stringMatching(/^bounces\+4711471-[0-9a-f]{4}-reader=inbox\.test@em\.example\.com$/),
      to: ["reader@inbox.test"],
    });
  });

  test("is recorded with client, TLS, user, envelope and Message-ID", async () => {
    await world.send(key, { subject: "recorded", messageId: "<recorded@example.com>" });
    const [record] = world.smtp.accepted().slice(-1);
    expect(record).toMatchObject({
      client: { address: "127.0.0.1" },
      port: world.smtp.addresses[0]?.port,
      tls: { version: "TLSv1.3", cipher: expect.stringMatching(/^TLS_/) },
      user: "apikey",
      apiKeyId: key.split(".")[1],
      envelope: { from: "noreply@example.com", to: ["reader@inbox.test"] },
      messageId: "<recorded@example.com>",
      domain: "example.com",
    });
    expect(JSON.stringify(record)).not.toContain(key);
  });

  test("goes to each recipient by itself", async () => {
    await world.send(key, { subject: "two readers", to: "one@inbox.test, two@inbox.test" });
    await world.smtp.idle();
    const copies = world.inbox.messages().filter(({ subject }) => subject === "two readers");
    expect(copies.map(({ envelope }) => envelope.to).sort()).toEqual([
      ["one@inbox.test"],
      ["two@inbox.test"],
    ]);
  });

  test.each<[string, number, TransportOptions]>([
    ["STARTTLS with AUTH PLAIN", 0, {}],
    ["TLS from the first octet", 1, { secure: true, requireTLS: false }],
    ["TLS 1.2", 0, { tls: { maxVersion: "TLSv1.2" } }],
  ])("is taken over %s", async (_, index, transport) => {
    const port = world.smtp.addresses[index]?.port;
    expect(await world.send(key, {}, { ...transport, port })).toMatch(/^250 /);
  });

  test("that comes twice is counted as a duplicate", async () => {
    const before = world.smtp.counters();
    for (const subject of ["first", "second"])
      await world.send(key, { subject, messageId: "<same@example.com>" });
    const { accepted, duplicates } = world.smtp.counters();
    expect([accepted - before.accepted, duplicates - before.duplicates]).toEqual([2, 1]);
  });
});

describe("a login is refused", () => {
  test.each<[string, () => Promise<TransportOptions>, number]>([
    ["with a wrong key", async () => ({ auth: { user: "apikey", pass: "SG.x.y" } }), 535],
    ["with another user name", async () => ({ auth: { user: "me", pass: key } }), 535],
    [
      "with a key that may not send",
      async () => ({ auth: { user: "apikey", pass: await world.createKey("stats.read") } }),
      535,
    ],
    ["without TLS", async () => ({ requireTLS: false, ignoreTLS: true }), 538],
  ])("%s", async (_, transport, responseCode) => {
    await expect(world.send(key, {}, await transport())).rejects.toMatchObject({ responseCode });
  });

  test("and a message without login is too", async () => {
    const transport: TransportOptions = { auth: undefined };
    await expect(world.send(key, {}, transport)).rejects.toMatchObject({ responseCode: 530 });
  });

  test("with SendGrid's words", async () => {
    await expect(world.send("SG.x.y")).rejects.toThrow("535 Authentication failed: Bad username / password");
  });

  test("after its key was revoked", async () => {
    const revoked = await world.createKey("mail.send");
    expect(await world.send(revoked)).toMatch(/^250 /);
    await world.call("DELETE", `/v3/api_keys/${revoked.split(".")[1]}`);
    await expect(world.send(revoked)).rejects.toMatchObject({ responseCode: 535 });
  });

  test("for a time when the credits are used up", async () => {
    world.smtp.faults.next(CREDITS_EXCEEDED);
    await expect(world.send(key)).rejects.toMatchObject({ responseCode: 451 });
    expect(await world.send(key)).toMatch(/^250 /);
  });

  test("by a client that does not trust the authority", async () => {
    await expect(world.send(key, {}, { tls: { ca: undefined } })).rejects.toThrow("certificate");
  });

  test("with a TLS older than 1.2", async () => {
    await expect(world.send(key, {}, { tls: { maxVersion: "TLSv1.1" } })).rejects.toThrow();
  });
});

describe("a message is refused", () => {
  test.each([
    ["from a domain that is not authenticated", { from: "x@example.org" }],
    ["from a subdomain of the authenticated one", { from: "x@sub.example.com" }],
    ["with two authors", { from: ["a@example.com", "b@example.com"].join(", ") }],
  ])("%s", async (_, mail) => {
    await expect(world.send(key, mail)).rejects.toThrow(
      "550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.",
    );
  });

  test("with the null sender", async () => {
    const envelope = { from: false as const, to: "reader@inbox.test" };
    await expect(world.send(key, { envelope })).rejects.toMatchObject({
      responseCode: 550,
      command: "MAIL FROM",
    });
  });

  test("once its domain's records are no longer valid", async () => {
    const [domain] = world.account.domains.list();
    const path = `/v3/whitelabel/domains/${domain?.id}/validate`;
    const zone = world.zones.zone("example.com");
    const [record] = zone.at("em.example.com");
    zone.set("em.example.com", "CNAME", []);
    expect(await world.call("POST", path)).toMatchObject({ valid: false });
    await expect(world.send(key)).rejects.toMatchObject({ responseCode: 550 });
    zone.set("em.example.com", "CNAME", [{ value: record?.value ?? "" }]);
    expect(await world.call("POST", path)).toMatchObject({ valid: true });
    expect(await world.send(key)).toMatch(/^250 /);
  });
});

describe("the inbox sees", () => {
  test("a DKIM failure when the published key is another", async () => {
    const [domain] = world.account.domains.list();
    const target = domain?.dns.dkim1?.data ?? "";
    const zone = world.zones.zone("sendgrid.net");
    const [first] = zone.at(target);
    const [second] = zone.at(domain?.dns.dkim2?.data ?? "");
    zone.set(target, "TXT", [{ value: second?.value ?? "" }]);
    await world.send(key, { subject: "other key" });
    expect(await arrival("other key")).toMatchObject({
      dkim: [{ result: "fail" }],
      spf: { result: "pass" },
      dmarc: { result: "pass" },
    });
    zone.set(target, "TXT", [{ value: first?.value ?? "" }]);
  });

  test("an SPF failure when the return path does not name the sending address", async () => {
    const [domain] = world.account.domains.list();
    const target = domain?.dns.mail_cname?.data ?? "";
    const zone = world.zones.zone("sendgrid.net");
    zone.set(target, "TXT", [{ value: "v=spf1 ip4:192.0.2.1 -all" }]);
    await world.send(key, { subject: "other address" });
    expect(await arrival("other address")).toMatchObject({
      spf: { result: "fail" },
      dmarc: { result: "pass" },
    });
    zone.set(target, "TXT", [{ value: "v=spf1 ip4:127.0.0.1 -all" }]);
  });

  test("no DMARC result when no policy is published", async () => {
    const zone = world.zones.zone("example.com");
    zone.set("_dmarc.example.com", "TXT", []);
    await world.send(key, { subject: "no policy" });
    expect(await arrival("no policy")).toMatchObject({ dmarc: { result: "none" } });
    zone.set("_dmarc.example.com", "TXT", [{ value: "v=DMARC1; p=reject" }]);
  });

  test("nothing for a recipient of another domain, which it refuses and SendGrid bounces", async () => {
    const zone = world.zones.create("other.test", [
      { name: "other.test", type: "MX", value: "mx.inbox.test", priority: 10 },
    ]);
    await world.send(key, { to: `reader@${zone.origin}` });
    await world.smtp.idle();
    expect(world.smtp.outcomes().at(-1)).toMatchObject({
      recipient: "reader@other.test",
      result: "bounced",
      response: expect.stringContaining("Relaying denied"),
      attempts: 1,
    });
  });

  test("nothing for a domain that takes no mail", async () => {
    await world.send(key, { to: "reader@nowhere.test" });
    await world.smtp.idle();
    expect(world.smtp.outcomes().at(-1)).toMatchObject({
      result: "bounced",
      response: expect.stringContaining("no MX"),
    });
  });
});

test("waiting for a message that does not come says what came instead", async () => {
  await world.send(key, { subject: "something else" });
  await arrival("something else");
  await expect(world.inbox.waitFor(() => false, 20)).rejects.toThrow(/20 ms; arrived: .*"something else"/);
});

test("the smart host can be taken down and up again on the same port", async () => {
  const before = world.smtp.addresses;
  await world.smtp.pause();
  await expect(world.send(key)).rejects.toMatchObject({ code: "ESOCKET" });
  await world.smtp.resume();
  expect(world.smtp.addresses).toEqual(before);
  expect(await world.send(key)).toMatch(/^250 /);
});
