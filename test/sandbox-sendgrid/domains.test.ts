import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startWorld, type World } from "./account";

const PATH = "/v3/whitelabel/domains";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

beforeEach(() => {
  world.api.faults.clear();
  for (const domain of world.account.domains.list()) world.account.domains.delete(domain);
  const zone = world.zones.zone("example.com");
  for (const record of zone.records()) zone.remove(record);
});

afterAll(() => world.close());

const create = (body: Record<string, unknown>) =>
  world.call("POST", PATH, { domain: "example.com", ...body });

describe("a new domain", () => {
  test("with automatic security has three CNAMEs into SendGrid's zone", async () => {
    const { status, body } = await create({ subdomain: "em" });
    expect(status).toBe(201);
    const target = body.dns.mail_cname.data;
    expect(target).toMatch(/^u4711471\.wl\d+\.sendgrid\.net$/);
    expect(body).toEqual({
      id: expect.any(Number),
      user_id: 4711471,
      subdomain: "em",
      domain: "example.com",
      username: "sandbox",
      ips: [],
      custom_spf: false,
      default: false,
      legacy: false,
      automatic_security: true,
      valid: false,
      dns: {
        mail_cname: { valid: false, type: "cname", host: "em.example.com", data: target },
        dkim1: {
          valid: false,
          type: "cname",
          host: "s1._domainkey.example.com",
          data: `s1.domainkey.${target}`,
        },
        dkim2: {
          valid: false,
          type: "cname",
          host: "s2._domainkey.example.com",
          data: `s2.domainkey.${target}`,
        },
      },
    });
  });

  test("has its CNAMEs' targets in SendGrid's zone, with SPF, MX and two keys, until it is deleted", async () => {
    const { body } = await create({});
    const target = body.dns.mail_cname.data;
    const zone = world.zones.zone("sendgrid.net");
    expect(zone.at(target)).toMatchObject([
      { type: "A", value: "127.0.0.1" },
      { type: "MX", value: "mx.sendgrid.net" },
      { type: "TXT", value: "v=spf1 ip4:127.0.0.1 -all" },
    ]);
    const keys = [body.dns.dkim1.data, body.dns.dkim2.data].map((name) => zone.at(name)[0]?.value);
    expect(keys).toEqual([0, 1].map(() => expect.stringMatching(/^k=rsa; t=s; p=MIIBIjAN[A-Za-z0-9+/]+=*$/)));
    expect(keys[0]).not.toBe(keys[1]);

    expect((await world.call("DELETE", `${PATH}/${body.id}`)).status).toBe(204);
    expect(zone.exists(target)).toBe(false);
    expect((await world.call("GET", `${PATH}/${body.id}`)).status).toBe(404);
  });

  test("with manual security has records with the values themselves", async () => {
    const { body } = await create({ subdomain: "em", automatic_security: false });
    expect(body.dns).toEqual({
      mail_server: { valid: false, type: "mx", host: "em.example.com", data: "mx.sendgrid.net." },
      subdomain_spf: {
        valid: false,
        type: "txt",
        host: "em.example.com",
        data: "v=spf1 include:sendgrid.net ~all",
      },
      domain_spf: {
        valid: false,
        type: "txt",
        host: "example.com",
        data: "v=spf1 include:em.example.com -all",
      },
      dkim: {
        valid: false,
        type: "txt",
        host: "m1._domainkey.example.com",
        data: expect.stringMatching(/^k=rsa; t=s; p=/),
      },
    });
  });

  test("names its own addresses in a custom SPF", async () => {
    const { body } = await create({ automatic_security: false, custom_spf: true, ips: ["192.0.2.7"] });
    expect(body.dns.subdomain_spf.data).toBe("v=spf1 ip4:192.0.2.7 -all");
  });

  test("takes a selector and a region, and never shows them as such", async () => {
    const { body } = await create({ custom_dkim_selector: "abc", region: "eu" });
    expect(body.dns.dkim1.host).toBe("abc._domainkey.example.com");
    expect(body.dns.dkim2.host).toBe("abc2._domainkey.example.com");
    expect(Object.keys(body)).not.toContain("region");
    expect(Object.keys(body)).not.toContain("custom_dkim_selector");
  });

  test("gets a subdomain of SendGrid's choice where none is named", async () => {
    expect((await create({})).body.subdomain).toMatch(/^em\d{4}$/);
  });

  test("is refused where its domain and subdomain exist already, even if both are asked for at once", async () => {
    const answers = await Promise.all([create({ subdomain: "em" }), create({ subdomain: "em" })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    expect(answers.find(({ status }) => status === 400)?.body).toEqual({
      errors: [
        { message: "An authenticated domain already exists for this URL. Please use a unique subdomain." },
      ],
    });
    expect((await create({ subdomain: "other" })).status).toBe(201);
  });

  test.each([
    ["an unknown property", { selector: "abc" }, ["selector"]],
    ["a missing domain", { domain: undefined }, ["domain"]],
    ["a malformed domain", { domain: "exa mple.com" }, ["domain"]],
    [
      "wrong types, all of them",
      { automatic_security: "yes", default: 1, ips: "x" },
      ["automatic_security", "default", "ips"],
    ],
    ["a selector of four characters", { custom_dkim_selector: "abcd" }, ["custom_dkim_selector"]],
    ["a region that does not exist", { region: "us" }, ["region"]],
    ["a custom SPF with automatic security", { custom_spf: true }, ["custom_spf"]],
  ])("is refused with %s", async (_, body, fields) => {
    const answer = await create(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
    expect(world.account.domains.list()).toEqual([]);
  });
});

describe("the list of domains", () => {
  test("comes in pages, and can be filtered by domain and user", async () => {
    for (const body of [{ domain: "a.org" }, { domain: "b.org", username: "team" }, { domain: "c.net" }]) {
      await create(body);
    }
    const names = async (query: string) =>
      (await world.call("GET", `${PATH}?${query}`)).body.map(({ domain }: { domain: string }) => domain);
    expect(await names("")).toEqual(["a.org", "b.org", "c.net"]);
    expect(await names("limit=2")).toEqual(["a.org", "b.org"]);
    expect(await names("limit=2&offset=2")).toEqual(["c.net"]);
    expect(await names("domain=.org")).toEqual(["a.org", "b.org"]);
    expect(await names("exclude_subusers=true")).toEqual(["a.org", "c.net"]);
    expect(await names("username=team")).toEqual(["b.org"]);
    expect((await world.call("GET", `${PATH}?limit=x`)).status).toBe(400);
    expect((await world.call("GET", `${PATH}?colour=red`)).status).toBe(400);
  });

  test("of a subuser holds its own domains only", async () => {
    await create({});
    const asTeam = { authorization: `Bearer ${world.adminKey}`, "on-behalf-of": "team" };
    expect((await world.call("GET", PATH, undefined, asTeam)).body).toEqual([]);
    const { body } = await world.call("POST", PATH, { domain: "example.com" }, asTeam);
    expect(body).toMatchObject({ username: "team", user_id: 4711472 });
    expect((await world.call("GET", PATH, undefined, asTeam)).body).toMatchObject([{ id: body.id }]);
    const asStranger = { ...asTeam, "on-behalf-of": "stranger" };
    expect((await world.call("GET", PATH, undefined, asStranger)).status).toBe(403);
  });
});

describe("an update", () => {
  test("makes one domain the default, and only that one", async () => {
    const first = (await create({ default: true })).body;
    const second = (await create({})).body;
    const answer = await world.call("PATCH", `${PATH}/${second.id}`, { default: true });
    expect(answer).toMatchObject({ status: 200, body: { id: second.id, default: true } });
    expect((await world.call("GET", `${PATH}/${first.id}`)).body.default).toBe(false);
  });

  test("cannot change the subdomain", async () => {
    const { body } = await create({});
    expect((await world.call("PATCH", `${PATH}/${body.id}`, { subdomain: "em" })).status).toBe(400);
  });
});

describe("a validation", () => {
  test("passes when every record is in DNS as SendGrid named it", async () => {
    const { body } = await create({ subdomain: "em" });
    world.publish(body.dns);
    const answer = await world.call("POST", `${PATH}/${body.id}/validate`);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id: body.id,
        valid: true,
        validation_results: {
          mail_cname: { valid: true, reason: null },
          dkim1: { valid: true, reason: null },
          dkim2: { valid: true, reason: null },
        },
      },
    });
    expect((await world.call("GET", `${PATH}/${body.id}`)).body).toMatchObject({
      valid: true,
      dns: { mail_cname: { valid: true } },
    });
    expect((await world.call("GET", PATH)).body).toMatchObject([
      { id: body.id, last_validation_attempt_at: expect.any(Number) },
    ]);
  });

  test("passes in manual mode, where the domain's SPF may hold more than the include", async () => {
    const { body } = await create({ subdomain: "em", automatic_security: false });
    const spf = "v=spf1 a include:em.example.com ~all";
    world.publish({ ...body.dns, domain_spf: { ...body.dns.domain_spf, data: spf } });
    expect((await world.call("POST", `${PATH}/${body.id}/validate`)).body).toMatchObject({ valid: true });
  });

  test("answers 200 with the reason of each record that is missing or wrong", async () => {
    const { body } = await create({ subdomain: "em" });
    const { mail_cname, dkim1 } = body.dns;
    world.publish({ mail_cname, dkim1: { ...dkim1, data: "s1.domainkey.u1.wl1.sendgrid.net" } });
    const answer = await world.call("POST", `${PATH}/${body.id}/validate`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: body.id,
      valid: false,
      validation_results: {
        mail_cname: { valid: true, reason: null },
        dkim1: {
          valid: false,
          reason: `Expected CNAME for "s1._domainkey.example.com" to match "${dkim1.data}".`,
        },
        dkim2: {
          valid: false,
          reason: `Expected CNAME for "s2._domainkey.example.com" to match "${body.dns.dkim2.data}".`,
        },
      },
    });
  });

  test("names the mail server that it found in manual mode", async () => {
    const { body } = await create({ subdomain: "em", automatic_security: false });
    world.publish({ mail_server: { ...body.dns.mail_server, data: "mx.example.com" } });
    const answer = await world.call("POST", `${PATH}/${body.id}/validate`);
    expect(answer.body.validation_results.mail_server.reason).toBe(
      'Expected your MX record to be "mx.sendgrid.net" but found "mx.example.com".',
    );
  });

  test("passes after the mend, and fails again when a record is lost", async () => {
    const { body } = await create({});
    const validate = async () => (await world.call("POST", `${PATH}/${body.id}/validate`)).body.valid;
    expect(await validate()).toBe(false);
    world.publish(body.dns);
    expect(await validate()).toBe(true);
    world.zones.zone("example.com").set(body.dns.dkim2.host, "CNAME", []);
    expect(await validate()).toBe(false);
  });

  test("answers 500 when DNS cannot answer, and leaves the domain as it was", async () => {
    const { body } = await create({});
    const host = body.dns.dkim1.host;
    const loop = [
      { type: "cname", host: "loop.example.com", data: host },
      { type: "cname", host, data: "loop.example.com" },
    ];
    world.publish({ ...body.dns, dkim1: loop[1], loop: loop[0] });
    world.account.domains.get(body.id).dns.extra = { valid: true, type: "txt", host, data: "x" };
    const answer = await world.call("POST", `${PATH}/${body.id}/validate`);
    expect(answer).toMatchObject({
      status: 500,
      body: { errors: [{ message: "internal error getting TXT" }] },
    });
    expect(world.account.domains.get(body.id).dns.extra?.valid).toBe(true);
  });
});
