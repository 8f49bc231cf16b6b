import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { type RunningProvider, serve } from "../../providers/kit";
import { CloudflareAccount, cloudflareProvider, cloudflareSdkVersion } from "../../sandbox/cloudflare";
import { contentFault, quoted, textOf } from "../../sandbox/cloudflare/content";
import { Zones } from "../../sandbox/dns";
import { connect, type ProviderClient, UNKNOWN } from "../kit/client";
import { zone } from "./cloud";

// The substitute Cloudflare provider as the engine talks to it, over gRPC, with the sandbox's own zones.

const type = "cloudflare:index/dnsRecord:DnsRecord";

let account: CloudflareAccount;
let zones: Zones;
let server: RunningProvider;
let cloudflare: ProviderClient;

beforeEach(async () => {
  zones = new Zones();
  zones.create(zone.name);
  account = new CloudflareAccount([zone], zones);
  server = await serve(cloudflareProvider(account));
  cloudflare = connect(server.port);
  await cloudflare.configure({ apiToken: "any" });
});

afterEach(async () => {
  cloudflare.close();
  await server.close();
});

const served = () => zones.zone(zone.name).records();
const txt = { zoneId: zone.id, name: "example.com", type: "TXT", content: '"v=spf1 -all"', ttl: 1 };
const cname = {
  zoneId: zone.id,
  name: "em.example.com",
  type: "CNAME",
  content: "u1.wl.example.net",
  ttl: 300,
};
const mx = {
  zoneId: zone.id,
  name: "example.com",
  type: "MX",
  content: "mx.example.net",
  priority: 10,
  ttl: 300,
};

async function make(inputs: Record<string, unknown>) {
  const checked = await cloudflare.check(type, inputs);
  expect(checked.failures).toEqual([]);
  return { ...(await cloudflare.create(type, checked.inputs)), inputs: checked.inputs };
}

test("it reports the SDK's version, so that the engine does not warn", async () => {
  expect(await cloudflare.version()).toBe(cloudflareSdkVersion);
});

describe("check", () => {
  test.each([
    txt,
    cname,
    mx,
    { ...txt, type: "A", content: "192.0.2.1", proxied: true },
    { ...txt, type: "AAAA", content: "2001:db8::1" },
    { ...txt, name: "*._domainkey.example.com", content: '""' },
    { ...mx, content: ".", priority: 0 },
  ])("$type $name passes", async (inputs) => {
    expect((await cloudflare.check(type, inputs)).failures).toEqual([]);
  });

  const long = "k".repeat(300);
  const wrong: [what: string, inputs: Record<string, unknown>, property: string, reason: RegExp][] = [
    ["an unknown property", { ...txt, value: "x" }, "value", /no property/],
    ["no ttl", { ...txt, ttl: undefined }, "ttl", /missing/],
    ["a ttl as text", { ...txt, ttl: "1" }, "ttl", /number/],
    ["a ttl below a minute", { ...txt, ttl: 30 }, "ttl", /60 to 86400/],
    ["a type that is not served", { ...txt, type: "SPF" }, "type", /TXT/],
    ["a zone id that is none", { ...txt, zoneId: "example.com" }, "zoneId", /32 hexadecimal/],
    ["upper-case letters", { ...txt, name: "Example.com" }, "name", /upper-case/],
    ["a trailing dot", { ...txt, name: "example.com." }, "name", /dot/],
    ["a short name", { ...txt, name: "www" }, "name", /full name/],
    ["a label of 64 characters", { ...txt, name: `${"a".repeat(64)}.example.com` }, "name", /label/],
    ["a text without quotes", { ...txt, content: "v=spf1 -all" }, "content", /double quotes/],
    ["a long text in one string", { ...txt, content: `"${long}"` }, "content", /split after every 255/],
    ["a text split elsewhere", { ...txt, content: '"v=spf1" " -all"' }, "content", /split after every 255/],
    ["a target with a trailing dot", { ...cname, content: "example.net." }, "content", /dot/],
    ["an address that is none", { ...txt, type: "A", content: "192.0.2.256" }, "content", /no IPv4/],
    ["a long IPv6 spelling", { ...txt, type: "AAAA", content: "2001:DB8:0::1" }, "content", /2001:db8::1/],
    ["an MX without priority", { ...mx, priority: undefined }, "priority", /MX/],
    ["a null MX with a preference", { ...mx, content: "." }, "priority", /must be 0 for a null MX, not 10/],
    ["the root as a CNAME's target", { ...cname, content: "." }, "content", /dot/],
    ["a priority elsewhere", { ...txt, priority: 1 }, "priority", /MX/],
    ["a proxied TXT", { ...txt, proxied: true }, "proxied", /TXT/],
    ["a proxied record with a ttl of its own", { ...cname, proxied: true }, "proxied", /ttl 1, not 300/],
    ["a comment that is too long", { ...txt, comment: "c".repeat(101) }, "comment", /100/],
  ];
  test.each(wrong)("%s is refused", async (_what, inputs, property, reason) => {
    const { failures } = await cloudflare.check(type, inputs);
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  test("a content that is not known yet is checked later", async () => {
    const { failures } = await cloudflare.check(type, { ...cname, content: UNKNOWN });
    expect(failures).toEqual([]);
  });
});

describe("the spelling of texts", () => {
  const text = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
    maxLength: 700,
  });

  test("quoting and reading back is lossless, and the quoted form is stable", () => {
    fc.assert(
      fc.property(text, (value) => {
        const content = quoted(value);
        expect(textOf(content)).toBe(value);
        expect(contentFault("TXT", content)).toBeUndefined();
      }),
    );
  });
});

describe("a preview of a create", () => {
  test("knows the inputs and whether it is proxied, and not what Cloudflare makes up", async () => {
    const { properties } = await cloudflare.create(type, cname, { preview: true });
    expect(properties).toMatchObject({ ...cname, proxied: false, createdOn: UNKNOWN, proxiable: UNKNOWN });
    expect(served()).toEqual([]);
  });
});

describe("diff", () => {
  test.each([
    [{ content: '"v=spf1 ~all"' }, { content: "update" }],
    [{ name: "a.example.com" }, { name: "update" }],
    [{ ttl: 300 }, { ttl: "update" }],
    [{ comment: "SPF" }, { comment: "add" }],
    [
      { type: "A", content: "192.0.2.1" },
      { type: "update-replace", content: "update" },
    ],
    [{ zoneId: "0".repeat(32) }, { zoneId: "update-replace" }],
  ])("%o", async (change, detailed) => {
    expect((await cloudflare.diff(type, txt, { ...txt, ...change })).detailed).toEqual(detailed);
  });
});

describe("records in the zone", () => {
  test("a text is served whole and without quotes, an automatic ttl as 300 seconds", async () => {
    await make({ ...txt, content: quoted("k".repeat(300)) });
    expect(served()).toMatchObject([{ type: "TXT", value: "k".repeat(300), ttl: 300 }]);
  });

  test("a proxied CNAME does not show its target", async () => {
    await make({ ...cname, proxied: true, ttl: 1 });
    expect(served()).toMatchObject([{ name: "em.example.com", type: "A" }]);
  });

  test("a null MX, a wildcard and an empty text are served", async () => {
    await make({ ...mx, content: ".", priority: 0 });
    await make({ ...txt, name: "*._domainkey.example.com", content: '"v=DKIM1; p="' });
    await make({ ...txt, name: "empty.example.com", content: '""' });
    expect(served()).toMatchObject([
      { type: "MX", value: ".", priority: 0 },
      { name: "*._domainkey.example.com", value: "v=DKIM1; p=" },
      { name: "empty.example.com", value: "" },
    ]);
  });

  test("an update changes the one record, a delete removes it", async () => {
    await make(mx);
    const { id, inputs, properties } = await make(txt);
    await cloudflare.update(type, id, { inputs, state: properties }, { ...txt, content: '"v=spf1 ~all"' });
    expect(served().map(({ value }) => value)).toEqual(["mx.example.net", "v=spf1 ~all"]);
    await cloudflare.delete(type, id, inputs);
    expect(served().map(({ value }) => value)).toEqual(["mx.example.net"]);
  });

  test("a read after a change by hand gives what is there now, and after a delete nothing", async () => {
    const { id, inputs, properties } = await make(txt);
    account.change(zone.id, id, { content: '"v=spf1 +all"' });
    const read = await cloudflare.read(type, id, inputs, properties);
    expect(read.inputs).toEqual({ ...txt, content: '"v=spf1 +all"' });
    account.delete(zone.id, id);
    expect((await cloudflare.read(type, id, inputs, properties)).id).toBe("");
  });

  test("an import names the zone and the record", async () => {
    const { id } = await make(txt);
    const read = await cloudflare.read(type, `${zone.id}/${id}`);
    expect(read.id).toBe(id);
    expect(read.inputs).toMatchObject(txt);
  });

  const refused: [
    what: string,
    first: Record<string, unknown>,
    second: Record<string, unknown>,
    code: number,
  ][] = [
    ["the same record twice", txt, txt, 81058],
    ["a record beside a CNAME", cname, { ...txt, name: cname.name }, 81054],
    ["a second CNAME", cname, { ...cname, content: "u2.wl.example.net" }, 81054],
    ["a CNAME beside a record", { ...txt, name: cname.name }, cname, 81053],
  ];
  test.each(refused)("%s is refused, and the first stays", async (_what, first, second, code) => {
    await make(first);
    const before = served();
    await expect(make(second)).rejects.toThrow(String(code));
    expect(served()).toEqual(before);
  });

  test("two texts at one name stand side by side", async () => {
    await make(txt);
    await make({ ...txt, content: '"other"' });
    expect(served()).toHaveLength(2);
  });

  test("a name outside the zone, and an unknown zone, are refused", async () => {
    await expect(make({ ...txt, name: "example.org" })).rejects.toThrow("not in the zone");
    await expect(make({ ...txt, zoneId: "0".repeat(32) })).rejects.toThrow("7003");
  });
});

describe("getZone", () => {
  const getZone = (args: Record<string, unknown>) =>
    cloudflare.invoke("cloudflare:index/getZone:getZone", args);

  test.each([{ zoneId: zone.id }, { filter: { name: zone.name } }])("%o finds the zone", async (args) => {
    expect((await getZone(args)).result).toMatchObject({
      zoneId: zone.id,
      name: zone.name,
      status: "active",
    });
  });

  test.each([{}, { zoneId: zone.id, filter: { name: zone.name } }])("%o is refused", async (args) => {
    await expect(getZone(args)).rejects.toThrow("exactly one");
  });

  test("a zone that is not there is an error", async () => {
    await expect(getZone({ filter: { name: "example.org" } })).rejects.toThrow("no zone example.org");
  });
});

describe("getDnsRecords", () => {
  const getDnsRecords = (args: Record<string, unknown>) =>
    cloudflare.invoke("cloudflare:index/getDnsRecords:getDnsRecords", args);
  const at = async (args: Record<string, unknown>) => (await getDnsRecords(args)).result.results;

  beforeEach(async () => {
    for (const record of [txt, { ...txt, content: '"other"' }, mx, cname]) await make(record);
  });

  test("gives the records of a name and a type as they were written", async () => {
    const { result } = await getDnsRecords({ zoneId: zone.id, name: { exact: "example.com" }, type: "TXT" });
    const [first] = account.records(zone.id);
    expect(result).toMatchObject({ match: "all", tagMatch: "all", direction: "asc", proxied: false });
    expect(result.results).toMatchObject([
      { id: first?.id, name: "example.com", type: "TXT", content: '"v=spf1 -all"', ttl: 1, proxied: false },
      { content: '"other"' },
    ]);
  });

  test.each([
    [{ name: { exact: "example.com" } }, ["TXT", "TXT", "MX"]],
    [{ name: { exact: "EM.example.com" } }, ["CNAME"]],
    [{ type: "MX" }, ["MX"]],
    [{}, ["TXT", "TXT", "MX", "CNAME"]],
    [{ maxItems: 1 }, ["TXT"]],
    [{ name: { exact: "nothing.example.com" } }, []],
    [{ name: { exact: "com" } }, []],
  ])("%o finds %o", async (filter, types) => {
    const found = await at({ zoneId: zone.id, ...filter });
    expect(found).toMatchObject(types.map((each) => ({ type: each })));
    expect(found).toHaveLength(types.length);
  });

  test("an MX has its priority, and another record none", async () => {
    const [record] = z.array(z.looseObject({})).parse(await at({ zoneId: zone.id, type: "MX" }));
    expect(record).toMatchObject({ content: "mx.example.net", priority: 10 });
    expect(await at({ zoneId: zone.id, type: "CNAME" })).toMatchObject([
      expect.not.objectContaining({ priority: 0 }),
    ]);
  });

  test.each([
    [{}, "zoneId", /missing/],
    [{ zoneId: "example.com" }, "zoneId", /32 hexadecimal/],
    [{ zoneId: zone.id, name: { startswith: "x" } }, "name.startswith", /no property/],
    [{ zoneId: zone.id, search: "x" }, "search", /no property/],
    [{ zoneId: zone.id, type: "SPF" }, "type", /TXT/],
    [{ zoneId: zone.id, maxItems: 0 }, "maxItems", /./],
  ])("%o is refused", async (args, property, reason) => {
    const { failures } = await getDnsRecords(args);
    expect(failures).toContainEqual({ property, reason: expect.stringMatching(reason) });
  });

  test("an unknown zone is refused", async () => {
    await expect(getDnsRecords({ zoneId: "0".repeat(32) })).rejects.toThrow("7003");
  });
});
