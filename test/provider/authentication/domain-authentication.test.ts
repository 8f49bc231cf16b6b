import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UNKNOWN } from "../../kit/client";
import { DOMAIN, type OpenAccount, openAccount } from "../sendgrid";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount({ subusers: ["branch"] });
});
afterEach(() => open.close());

type Values = Record<string, unknown>;
const AUTOMATIC = { domain: "example.com", subdomain: "em", automaticSecurity: true, region: "global" };
const MANUAL = { ...AUTOMATIC, automaticSecurity: false };
const refreshed = async ({ id, inputs, properties }: Awaited<ReturnType<OpenAccount["create"]>>) =>
  await open.client.read(DOMAIN, id, inputs, properties);

describe("the preview", () => {
  const preview = async (inputs: Record<string, unknown>) =>
    (await open.client.create(DOMAIN, inputs, { preview: true })).properties;
  const cname = (host: string) => ({ type: "CNAME", host, data: UNKNOWN });
  const txt = (host: string) => ({ type: "TXT", host, data: UNKNOWN });

  it("knows the records' names with automatic security, and that there are no others", async () => {
    expect(await preview(AUTOMATIC)).toEqual({
      ...AUTOMATIC,
      domainId: UNKNOWN,
      isDefault: UNKNOWN,
      customSpf: false,
      ips: [],
      username: UNKNOWN,
      mailCname: cname("em.example.com"),
      dkim1: cname("s1._domainkey.example.com"),
      dkim2: cname("s2._domainkey.example.com"),
    });
  });

  it("knows the records' names with manual security, and that there are no others", async () => {
    expect(await preview(MANUAL)).toEqual({
      ...MANUAL,
      domainId: UNKNOWN,
      isDefault: UNKNOWN,
      customSpf: false,
      ips: [],
      username: UNKNOWN,
      mailServer: { type: "MX", host: "em.example.com", data: UNKNOWN },
      subdomainSpf: txt("em.example.com"),
      domainSpf: txt("example.com"),
      dkim: txt("m1._domainkey.example.com"),
    });
  });

  it.each([
    [
      "automatic",
      AUTOMATIC,
      { dkim1: cname("abc._domainkey.example.com"), dkim2: cname("abc2._domainkey.example.com") },
    ],
    ["manual", MANUAL, { dkim: txt("abc._domainkey.example.com") }],
  ])("knows the names of a custom selector with %s security", async (_, inputs, records) => {
    expect(await preview({ ...inputs, customDkimSelector: "abc" })).toMatchObject(records);
  });

  it("knows no record when the domain is not known", async () => {
    expect(await preview({ ...AUTOMATIC, domain: UNKNOWN })).toMatchObject({
      mailCname: UNKNOWN,
      dkim: UNKNOWN,
    });
  });

  it.each([
    ["automatic security", AUTOMATIC],
    ["manual security", MANUAL],
    ["a custom selector", { ...AUTOMATIC, customDkimSelector: "abc" }],
    ["a custom selector with manual security", { ...MANUAL, customDkimSelector: "abc" }],
    ["a custom SPF record", { ...MANUAL, customSpf: true, ips: ["192.0.2.1"] }],
    ["a subuser", { ...AUTOMATIC, username: "branch" }],
  ])("says of %s what then is created", async (_, inputs) => {
    const foreseen = await preview(inputs);
    const { properties } = await open.create(DOMAIN, inputs);
    expect(Object.keys(properties).sort()).toEqual(Object.keys(foreseen).sort());
    expect(withUnknownsOf(foreseen, properties)).toEqual(foreseen);
  });
});

describe("a create", () => {
  it("gives the records in the spelling of DNS hosts", async () => {
    const { properties } = await open.create(DOMAIN, {
      domain: "example.com",
      subdomain: "em",
      automaticSecurity: false,
    });
    expect(properties).toMatchObject({
      mailServer: { type: "MX", host: "em.example.com", data: "mx.sendgrid.net" },
      subdomainSpf: { type: "TXT", host: "em.example.com", data: "v=spf1 include:sendgrid.net ~all" },
      dkim: {
        type: "TXT",
        host: "m1._domainkey.example.com",
        data: expect.stringMatching(/^k=rsa; t=s; p=/),
      },
    });
  });

  it("names the id and the import when the account has the domain already", async () => {
    const { id } = await open.create(DOMAIN, AUTOMATIC);
    await expect(open.create(DOMAIN, AUTOMATIC)).rejects.toMatchObject({
      details: `DomainAuthentication with domain "example.com" and subdomain "em" exists already, with the id ${id}. Take it over with adopt: true, or with \`pulumi import sendgrid:index:DomainAuthentication it ${id}\`, or choose another domain or subdomain.`,
    });
  });

  it("finds an existing domain on a later page of the list", async () => {
    const { id } = await open.create(DOMAIN, AUTOMATIC);
    const fullPage = Array.from({ length: 100 }, (_, number) => ({
      id: number,
      domain: "example.com",
      subdomain: `em${number}`,
    }));
    open.api.faults.next({ method: "GET", path: "/v3/whitelabel/domains", status: 200, body: fullPage });
    open.api.faults.next({
      method: "GET",
      path: "/v3/whitelabel/domains",
      status: 200,
      body: [{ ...fullPage[0], id: Number(id), subdomain: "em" }],
    });
    await expect(open.create(DOMAIN, AUTOMATIC)).rejects.toThrow(`exists already, with the id ${id}`);
    expect(open.api.exchanges().slice(-2)).toMatchObject([
      { query: { domain: "example.com", limit: "100", offset: "0" } },
      { query: { domain: "example.com", limit: "100", offset: "100" } },
    ]);
  });

  it.each(["before", "after"] as const)(
    "is done once when the connection breaks %s SendGrid did it",
    async (reset) => {
      open.api.faults.next({ method: "POST", path: "/v3/whitelabel/domains", reset });
      const { id } = await open.create(DOMAIN, AUTOMATIC);
      expect(open.account.domains.list().map((domain) => String(domain.id))).toEqual([id]);
    },
  );

  it("looks before it is sent again after an internal error", async () => {
    open.api.faults.next({ method: "POST", path: "/v3/whitelabel/domains", status: 500 });
    await open.create(DOMAIN, AUTOMATIC);
    const [list, post] = ["GET /v3/whitelabel/domains", "POST /v3/whitelabel/domains"];
    expect(open.requests()).toEqual([list, post, list, post]);
  });
});

describe("a refresh", () => {
  it.each([
    ["automatic security", AUTOMATIC],
    ["manual security", MANUAL],
    [
      "everything set",
      {
        ...MANUAL,
        customDkimSelector: "abc",
        region: "eu",
        isDefault: true,
        customSpf: true,
        ips: ["192.0.2.2", "192.0.2.1"],
        username: "branch",
      },
    ],
  ])("right after a create changes nothing: %s", async (_, given) => {
    const created = await open.create(DOMAIN, given);
    expect(await refreshed(created)).toEqual({
      id: created.id,
      inputs: created.inputs,
      properties: created.properties,
    });
  });

  it("changes nothing when the domain becomes valid", async () => {
    const created = await open.create(DOMAIN, AUTOMATIC);
    open.publish();
    expect((await refreshed(created)).properties).toEqual(created.properties);
  });

  it("sees what somebody else changed", async () => {
    const created = await open.create(DOMAIN, { ...AUTOMATIC, isDefault: true });
    const [domain] = open.account.domains.list();
    if (domain) open.account.domains.update(domain, { isDefault: false });
    expect(await refreshed(created)).toMatchObject({
      inputs: { isDefault: false },
      properties: { isDefault: false },
    });
  });

  it("finds that it is gone", async () => {
    const created = await open.create(DOMAIN, AUTOMATIC);
    for (const domain of open.account.domains.list()) open.account.domains.delete(domain);
    expect((await refreshed(created)).id).toBe("");
  });
});

describe("an import by id", () => {
  it.each([
    ["automatic security", AUTOMATIC],
    ["the other region, which the API does not show", { ...AUTOMATIC, region: "eu" }],
    ["a custom selector, which only the records show", { ...AUTOMATIC, customDkimSelector: "abc" }],
    ["manual security", { ...MANUAL, customDkimSelector: "abc", customSpf: true, ips: ["192.0.2.1"] }],
    ["a default domain", { ...AUTOMATIC, isDefault: true }],
    ["a default domain, when the program does not say so", AUTOMATIC, { isDefault: true }],
    ["a subuser's domain", { ...AUTOMATIC, username: "branch" }],
  ])("makes no diff with the program: %s", async (_, program: Values, beside: Values = {}) => {
    const { id, inputs } = await open.create(DOMAIN, { ...program, ...beside });
    const imported = await open.client.read(DOMAIN, id);
    const wanted = (await open.client.check(DOMAIN, program)).inputs;
    expect(await open.client.diff(DOMAIN, imported.inputs, wanted, [], imported.properties)).toMatchObject({
      changes: false,
    });
    expect(inputs).toMatchObject(program);
  });

  it("of an id that does not exist finds nothing", async () => {
    expect((await open.client.read(DOMAIN, "1")).id).toBe("");
  });

  it("of something that is no id finds nothing", async () => {
    expect((await open.client.read(DOMAIN, "../api_keys")).id).toBe("");
  });
});

describe("a diff", () => {
  it.each([
    ["domain", { domain: "example.org" }],
    ["subdomain", { subdomain: "mail" }],
    ["automaticSecurity", { automaticSecurity: false }],
    ["customDkimSelector", { customDkimSelector: "abc" }],
    ["region", { region: "eu" }],
    ["username", { username: "branch" }],
  ])("replaces for another %s", async (property, change) => {
    const { inputs, properties } = await open.create(DOMAIN, AUTOMATIC);
    const { replaces } = await open.client.diff(DOMAIN, inputs, { ...inputs, ...change }, [], properties);
    expect(replaces).toEqual([property]);
  });

  it.each([
    ["deletes first where domain and subdomain stay", { region: "eu" }, true],
    ["creates first where the domain changes", { domain: "example.org", region: "eu" }, false],
    ["creates first where the subdomain changes", { subdomain: "mail", region: "eu" }, false],
  ])("%s", async (_, change, deleteBeforeReplace) => {
    expect(await open.client.diff(DOMAIN, AUTOMATIC, { ...AUTOMATIC, ...change })).toMatchObject({
      deleteBeforeReplace,
    });
  });

  it.each([
    ["isDefault", { isDefault: true }],
    ["customSpf", { customSpf: true }],
  ])("updates for another %s", async (property, change) => {
    const { inputs, properties } = await open.create(DOMAIN, MANUAL);
    expect(await open.client.diff(DOMAIN, inputs, { ...inputs, ...change }, [], properties)).toMatchObject({
      replaces: [],
      detailed: { [property]: "update" },
    });
  });

  it("has nothing for another spelling of the domain", async () => {
    const { inputs } = await open.client.check(DOMAIN, { ...AUTOMATIC, domain: "EXAMPLE.com" });
    expect(await open.client.diff(DOMAIN, AUTOMATIC, inputs)).toMatchObject({ changes: false });
  });
});

describe("an update", () => {
  it("makes it the default domain", async () => {
    const { id, inputs, properties } = await open.create(DOMAIN, AUTOMATIC);
    const after = { ...inputs, isDefault: true };
    const state = await open.client.update(DOMAIN, id, { inputs, state: properties }, after);
    expect(state).toEqual({ ...properties, isDefault: true });
    expect(open.account.domains.list()).toMatchObject([{ isDefault: true }]);
  });

  it("adds and removes single addresses of the custom SPF record", async () => {
    const given = { ...MANUAL, customSpf: true, ips: ["192.0.2.1", "192.0.2.2"] };
    const { id, inputs, properties } = await open.create(DOMAIN, given);
    const after = { ...inputs, ips: ["192.0.2.2", "192.0.2.3"] };
    const state = await open.client.update(DOMAIN, id, { inputs, state: properties }, after);
    expect(open.account.domains.list()).toMatchObject([{ ips: after.ips }]);
    expect(state).toMatchObject({
      ips: after.ips,
      subdomainSpf: { data: "v=spf1 ip4:192.0.2.2 ip4:192.0.2.3 -all" },
    });
  });

  it("that broke off half-way is finished by the next", async () => {
    const { id, inputs, properties } = await open.create(DOMAIN, {
      ...MANUAL,
      customSpf: true,
      ips: ["192.0.2.1"],
    });
    const [domain] = open.account.domains.list();
    domain?.ips.push("192.0.2.2");
    const after = { ...inputs, ips: ["192.0.2.1", "192.0.2.2"] };
    expect(await open.client.update(DOMAIN, id, { inputs, state: properties }, after)).toEqual({
      ...properties,
      ...after,
    });
    expect(open.requests().filter((request) => request.includes("/ips"))).toEqual([]);
  });

  it("previewed says that the SPF record will change", async () => {
    const { id, inputs, properties } = await open.create(DOMAIN, MANUAL);
    const after = { ...inputs, customSpf: true };
    const state = await open.client.update(DOMAIN, id, { inputs, state: properties }, after, {
      preview: true,
    });
    expect(state).toEqual({
      ...properties,
      customSpf: true,
      subdomainSpf: { type: "TXT", host: "em.example.com", data: UNKNOWN },
    });
  });
});

describe("a delete", () => {
  it("removes it", async () => {
    const { id, inputs } = await open.create(DOMAIN, AUTOMATIC);
    await open.client.delete(DOMAIN, id, inputs);
    expect(open.account.domains.list()).toEqual([]);
  });

  it("is content when it is gone already", async () => {
    await expect(open.client.delete(DOMAIN, "1", AUTOMATIC)).resolves.toBeUndefined();
  });
});

/** `values` with what `pattern` has as unknown made unknown. */
function withUnknownsOf(pattern: unknown, values: unknown): unknown {
  if (pattern === UNKNOWN) return UNKNOWN;
  if (typeof values !== "object" || values === null || Array.isArray(values)) return values;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, withUnknownsOf(Object(pattern)[key], value)]),
  );
}
