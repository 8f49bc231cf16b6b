import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { type RunningProvider, serve } from "../../providers/kit";
import { AwsAccount, awsProvider, type HostedZone } from "../../sandbox/aws";
import { Zones } from "../../sandbox/dns";
import { connect, type ProviderClient, UNKNOWN } from "../kit/client";

// Route 53 of the substitute AWS provider as the engine talks to it, over gRPC, with the sandbox's own zones.

const recordType = "aws:route53/record:Record";
const zoneType = "aws:route53/zone:Zone";

let account: AwsAccount;
let zones: Zones;
let zone: HostedZone;
let server: RunningProvider;
let aws: ProviderClient;

beforeEach(async () => {
  zones = new Zones();
  account = new AwsAccount({}, zones);
  zone = account.hostedZones.create({ name: "example.com", comment: "made before" });
  server = await serve(awsProvider(account));
  aws = connect(server.port);
  await aws.configure({});
});

afterEach(async () => {
  aws.close();
  await server.close();
});

// Ids are counted, so the first one is always the same.
const zoneId = "Z00000000000000000001";
const served = () => zones.zone("example.com").records();
const txt = { zoneId, name: "example.com", type: "TXT", ttl: 300, records: ["v=spf1 -all"] };
const cname = { zoneId, name: "em.example.com", type: "CNAME", ttl: 300, records: ["u1.wl.example.net"] };
const mx = { zoneId, name: "example.com", type: "MX", ttl: 300, records: ["10 mx.example.net"] };
const long = "k".repeat(300);
const split = `${"k".repeat(255)}" "${"k".repeat(45)}`;

async function make(inputs: Record<string, unknown>, type = recordType) {
  const checked = await aws.check(type, inputs);
  expect(checked.failures).toEqual([]);
  return { ...(await aws.create(type, checked.inputs)), inputs: checked.inputs };
}

test("a zone that was made before any stack has an id of Route 53's form", () => {
  expect(zone).toMatchObject({ id: zoneId, name: "example.com", nameServers: ["ns1.example.com"] });
  expect(zoneId).toMatch(/^Z[0-9A-Z]{20}$/);
});

describe("check", () => {
  test.each<Record<string, unknown>>([
    txt,
    cname,
    mx,
    { ...txt, records: [split] },
    { ...txt, records: [""] },
    { ...txt, records: ['say \\"hi\\"', "a\\\\b", "\\303\\244"] },
    { ...txt, name: "*._domainkey.example.com", records: ["v=DKIM1; p="] },
    { ...mx, records: ["0 ."] },
    { ...mx, records: ["10 mx1.example.net", "10 mx2.example.net"] },
    { ...txt, type: "A", records: ["192.0.2.1", "192.0.2.2"] },
    { ...txt, type: "AAAA", records: ["2001:db8::1"] },
  ])("$type $name $records passes", async (inputs) => {
    expect((await aws.check(recordType, inputs)).failures).toEqual([]);
  });

  const wrong: [what: string, inputs: Record<string, unknown>, property: string, reason: RegExp][] = [
    ["an unknown property", { ...txt, content: "x" }, "content", /no property/],
    ["an alias", { ...txt, aliases: [] }, "aliases", /no property/],
    ["no ttl", { ...txt, ttl: undefined }, "ttl", /missing/],
    ["no records", { ...txt, records: [] }, "records", /./],
    ["one record without a list", { ...txt, records: "v=spf1 -all" }, "records", /./],
    ["a type that is not served", { ...txt, type: "SPF" }, "type", /TXT/],
    ["a zone id that is none", { ...txt, zoneId: "example.com" }, "zoneId", /hosted zone's id/],
    ["upper-case letters", { ...txt, name: "Example.com" }, "name", /upper-case/],
    ["a trailing dot", { ...txt, name: "example.com." }, "name", /dot/],
    ["a short name", { ...txt, name: "www" }, "name", /full name/],
    ["a text in quotes", { ...txt, records: ['"v=spf1 -all"'] }, "records", /without the outer quotes/],
    ["a long text in one string", { ...txt, records: [long] }, "records", /TooLong.*first" "second/],
    [
      "a text over 4,000 characters",
      { ...txt, records: [Array(16).fill("k".repeat(250)).join('" "')] },
      "records",
      /TooLong/,
    ],
    ["a quote that is not escaped", { ...txt, records: ['say "hi'] }, "records", /quotation marks/],
    ["letters beyond ASCII", { ...txt, records: ["ä"] }, "records", /octal/],
    ["a target with a trailing dot", { ...cname, records: ["example.net."] }, "records", /dot/],
    [
      "a second target of a CNAME",
      { ...cname, records: ["a.example.net", "b.example.net"] },
      "records",
      /one value/,
    ],
    ["an MX without preference", { ...mx, records: ["mx.example.net"] }, "records", /10 mail.example.com/],
    ["an MX with a preference too high", { ...mx, records: ["65536 mx.example.net"] }, "records", /65535/],
    ["an MX in capital letters", { ...mx, records: ["10 MX.example.net"] }, "records", /upper-case/],
    ["a null MX with a preference", { ...mx, records: ["10 ."] }, "records", /null MX/],
    ["an address that is none", { ...txt, type: "A", records: ["192.0.2.256"] }, "records", /no IPv4/],
    ["a long IPv6 spelling", { ...txt, type: "AAAA", records: ["2001:DB8:0::1"] }, "records", /2001:db8::1/],
    ["a value twice", { ...txt, records: ["a", "a"] }, "records", /twice/],
  ];
  test.each(wrong)("%s is refused", async (_what, inputs, property, reason) => {
    const { failures } = await aws.check(recordType, inputs);
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  test("every wrong value is named at once", async () => {
    const { failures } = await aws.check(recordType, {
      ...cname,
      records: ["A.example.net", "b.example.net."],
    });
    expect(failures).toMatchObject([{ reason: expect.stringMatching(/upper-case.*dot.*one value/) }]);
  });

  test("values that are not known yet are checked later", async () => {
    expect((await aws.check(recordType, { ...cname, records: [UNKNOWN] })).failures).toEqual([]);
    expect((await aws.check(recordType, { ...cname, zoneId: UNKNOWN })).failures).toEqual([]);
  });
});

describe("a preview of a create", () => {
  test("knows the inputs, and not what Route 53 makes up", async () => {
    const { properties } = await aws.create(recordType, cname, { preview: true });
    expect(properties).toMatchObject({ ...cname, fqdn: UNKNOWN, allowOverwrite: UNKNOWN });
    expect(served()).toEqual([]);
  });

  test("knows allowOverwrite where the program says it", async () => {
    const { properties } = await aws.create(
      recordType,
      { ...cname, allowOverwrite: true },
      { preview: true },
    );
    expect(properties).toMatchObject({ allowOverwrite: true });
  });
});

describe("diff", () => {
  test.each<[Record<string, unknown>, Record<string, string>]>([
    [{ records: ["v=spf1 ~all"] }, { records: "update" }],
    [{ ttl: 60 }, { ttl: "update" }],
    [
      { type: "A", records: ["192.0.2.1"] },
      { type: "update", records: "update" },
    ],
    [{ name: "a.example.com" }, { name: "update-replace" }],
    [{ zoneId: "Z2" }, { zoneId: "update-replace" }],
  ])("%o", async (change, detailed) => {
    expect((await aws.diff(recordType, txt, { ...txt, ...change })).detailed).toEqual(detailed);
  });

  test("the order of values means nothing", async () => {
    const two = { ...txt, records: ["a", "b"] };
    expect((await aws.diff(recordType, two, { ...two, records: ["b", "a"] })).changes).toBe(false);
  });
});

describe("record sets in the zone", () => {
  test("the id is made of zone, name and type", async () => {
    const { id, properties } = await make({ ...txt, name: "_dmarc.example.com" });
    expect(id).toBe(`${zoneId}__dmarc.example.com_TXT`);
    expect(properties).toMatchObject({ fqdn: "_dmarc.example.com", allowOverwrite: false });
  });

  test("each value is served: texts whole, an MX with its preference, a null MX, a wildcard", async () => {
    await make({ ...txt, records: [split, "v=spf1 -all", 'say \\"hi\\"', "\\303\\244"] });
    await make(mx);
    await make({ ...mx, name: "mute.example.com", records: ["0 ."] });
    await make({ ...txt, name: "*._domainkey.example.com", ttl: 60, records: ["v=DKIM1; p="] });
    expect(served().map(({ name, value, priority }) => [name, value, priority])).toEqual([
      ["example.com", "mx.example.net", 10],
      ["example.com", long, undefined],
      ["example.com", "v=spf1 -all", undefined],
      ["example.com", 'say "hi"', undefined],
      ["example.com", "ä", undefined],
      ["*._domainkey.example.com", "v=DKIM1; p=", undefined],
      ["mute.example.com", ".", 0],
    ]);
  });

  test("any text in printable ASCII is served as it was meant", () => {
    const text = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
      maxLength: 700,
    });
    fc.assert(
      fc.property(text, (value) => {
        const strings = value.match(/.{1,255}/g) ?? [""];
        const record = strings.map((each) => `"${each.replace(/["\\]/g, "\\$&")}"`).join(" ");
        account.hostedZones.put(zoneId, "UPSERT", {
          name: txt.name,
          type: "TXT",
          ttl: 60,
          records: [record],
        });
        expect(served().map((each) => each.value)).toEqual([value]);
      }),
    );
  });

  test("an update puts the values in the place of the old ones, a delete removes the set", async () => {
    await make(mx);
    const { id, inputs, properties } = await make(txt);
    const changed = { ...txt, records: ["v=spf1 ~all", "other"] };
    await aws.update(recordType, id, { inputs, state: properties }, changed);
    expect(served().map(({ value }) => value)).toEqual(["mx.example.net", "v=spf1 ~all", "other"]);
    await aws.delete(recordType, id, changed);
    expect(served().map(({ value }) => value)).toEqual(["mx.example.net"]);
  });

  test("another type takes the place of the set in one change", async () => {
    const { id, inputs, properties } = await make(cname);
    const changed = { ...txt, name: cname.name };
    const after = await aws.update(recordType, id, { inputs, state: properties }, changed);
    expect(after).toMatchObject({ type: "TXT", fqdn: cname.name });
    expect(served()).toMatchObject([{ name: cname.name, type: "TXT", value: "v=spf1 -all" }]);
    // The id keeps the old type; what is there is found by the properties.
    expect((await aws.read(recordType, id, changed, after)).inputs).toEqual(changed);
  });

  test.each([
    ["a set of that type exists", { ...txt, name: cname.name }, "it already exists"],
    ["the new type contradicts another set", cname, "conflicts with other records"],
  ])("a change of the type is refused where %s, and nothing has changed", async (_what, changed, reason) => {
    await make({ ...txt, name: cname.name });
    const { id, inputs, properties } = await make({ ...mx, name: cname.name });
    const before = served();
    await expect(aws.update(recordType, id, { inputs, state: properties }, changed)).rejects.toThrow(reason);
    expect(served()).toEqual(before);
    expect(account.hostedZones.recordSets(zoneId).map(({ type }) => type)).toEqual(["MX", "TXT"]);
  });

  test("a read gives values in the spelling of the program, also after a change by hand", async () => {
    const { id, inputs, properties } = await make({ ...txt, records: [split, "v=spf1 -all"] });
    expect((await aws.read(recordType, id, inputs, properties)).inputs).toEqual(inputs);
    account.hostedZones.put(zoneId, "UPSERT", {
      name: txt.name,
      type: "TXT",
      ttl: 60,
      records: ['"by" "hand"'],
    });
    expect((await aws.read(recordType, id, inputs, properties)).inputs).toEqual({
      ...txt,
      ttl: 60,
      records: ['by" "hand'],
    });
    account.hostedZones.remove(zoneId, txt.name, "TXT");
    expect((await aws.read(recordType, id, inputs, properties)).id).toBe("");
  });

  test.each([
    txt,
    cname,
    mx,
    { ...txt, name: "s1._domainkey.example.com" },
    { ...txt, name: "*.example.com" },
  ])("an import of $name $type is by the id, and makes no diff", async (inputs) => {
    const { id } = await make(inputs);
    const read = await aws.read(recordType, id);
    expect(read.id).toBe(id);
    expect(read.inputs).toEqual(inputs);
    expect((await aws.diff(recordType, read.inputs, inputs, [], read.properties)).changes).toBe(false);
  });

  test("an import of what is not there finds nothing, and of no id is refused", async () => {
    expect((await aws.read(recordType, `${zoneId}_none.example.com_TXT`)).id).toBe("");
    await expect(aws.read(recordType, "example.com")).rejects.toThrow("ZONEID_RECORDNAME_TYPE");
  });

  test("a set that exists is refused by name and type, and taken over with allowOverwrite", async () => {
    account.hostedZones.put(zoneId, "CREATE", {
      name: txt.name,
      type: "TXT",
      ttl: 60,
      records: ['"by hand"'],
    });
    await expect(make(txt)).rejects.toThrow(
      "InvalidChangeBatch: [Tried to create resource record set [name='example.com.', type='TXT'] but it already exists]",
    );
    expect(served()).toMatchObject([{ value: "by hand" }]);
    expect((await make({ ...txt, allowOverwrite: true })).properties).toMatchObject({ allowOverwrite: true });
    expect(served()).toMatchObject([{ value: "v=spf1 -all", ttl: 300 }]);
  });

  const refused: [
    what: string,
    first: Record<string, unknown>,
    second: Record<string, unknown>,
    reason: string,
  ][] = [
    ["a record beside a CNAME", cname, { ...txt, name: cname.name }, "a conflicting RRSet of type  CNAME"],
    ["a CNAME beside a record", { ...txt, name: cname.name }, cname, "conflicts with other records"],
    [
      "a CNAME over a record",
      { ...txt, name: cname.name },
      { ...cname, allowOverwrite: true },
      "conflicts with",
    ],
    ["a CNAME at the apex", mx, { ...cname, name: "example.com" }, "not permitted at apex"],
    ["a name outside the zone", mx, { ...txt, name: "example.org" }, "is not permitted in zone example.com."],
    ["a name that ends alike", mx, { ...txt, name: "notexample.com" }, "is not permitted in zone"],
    [
      "the zone's own NS",
      mx,
      { ...txt, type: "NS", records: ["ns.example.net"] },
      "which the substitute keeps",
    ],
    ["an unknown zone", mx, { ...txt, zoneId: "Z2" }, "NoSuchHostedZone: No hosted zone found with ID: Z2"],
  ];
  test.each(refused)("%s is refused, and the first stays", async (_what, first, second, reason) => {
    await make(first);
    const before = served();
    await expect(make(second)).rejects.toThrow(reason);
    expect(served()).toEqual(before);
  });

  test.each([
    [{ records: ["v=spf1 -all"] }, "quotation marks"],
    [{ records: [] }, "ResourceRecords"],
    [{ ttl: -1 }, "TTL -1"],
    [{ name: "Example.com" }, "upper-case"],
    [
      { type: "MX" as const, records: ["10 a.example.net", "10 A.example.net."] },
      "Duplicate Resource Record",
    ],
  ])("by hand too, %o is refused", (change, reason) => {
    const good = { name: "example.com", type: "TXT" as const, ttl: 60, records: ['"a"'] };
    expect(() => account.hostedZones.put(zoneId, "CREATE", { ...good, ...change })).toThrow(reason);
    expect(account.hostedZones.recordSets(zoneId)).toEqual([]);
  });
});

describe("a zone", () => {
  test("is made, served, changed and deleted", async () => {
    const { id, inputs, properties } = await make({ name: "example.net", tags: { a: "b" } }, zoneType);
    expect(properties).toMatchObject({
      zoneId: id,
      comment: "Managed by Pulumi",
      nameServers: ["ns1.example.net"],
      arn: `arn:aws:route53:::hostedzone/${id}`,
    });
    await make({ ...txt, zoneId: id, name: "a.example.net" });
    expect(zones.zone("example.net").records()).toHaveLength(1);
    await aws.update(zoneType, id, { inputs, state: properties }, { ...inputs, comment: "changed" });
    expect((await aws.read(zoneType, id)).inputs).toEqual({ ...inputs, comment: "changed" });
    await expect(aws.delete(zoneType, id, inputs)).rejects.toThrow("HostedZoneNotEmpty");
    await aws.delete(zoneType, id, { ...inputs, forceDestroy: true });
    expect(zones.list().map(({ origin }) => origin)).toEqual(["example.com"]);
    expect((await aws.read(zoneType, id)).id).toBe("");
  });

  test("with another name is another zone", async () => {
    const change = await aws.diff(zoneType, { name: "a.example" }, { name: "b.example" });
    expect(change.detailed).toEqual({ name: "update-replace" });
  });

  test("of the same name is refused", async () => {
    await expect(make({ name: "example.com" }, zoneType)).rejects.toThrow("HostedZoneAlreadyExists");
  });
});

describe("getZone", () => {
  const getZone = (args: Record<string, unknown>) => aws.invoke("aws:route53/getZone:getZone", args);

  test.each([{ zoneId }, { name: "example.com" }, { name: "example.com.", privateZone: false }])(
    "%o finds the zone, its name without trailing dot",
    async (args) => {
      await make(mx);
      expect((await getZone(args)).result).toMatchObject({
        zoneId,
        id: zoneId,
        name: "example.com",
        comment: "made before",
        privateZone: false,
        resourceRecordSetCount: 3,
      });
    },
  );

  test.each([
    [{}, "exactly one"],
    [{ zoneId, name: "example.com" }, "exactly one"],
    [{ name: "example.org" }, "no matching Route 53 Hosted Zone found"],
    [{ name: "example.com", privateZone: true }, "no matching Route 53 Hosted Zone found"],
    [{ zoneId: "Z2" }, "NoSuchHostedZone"],
  ])("%o is refused", async (args, reason) => {
    await expect(getZone(args)).rejects.toThrow(reason);
  });
});

describe("getRecords", () => {
  const sets = z.object({
    resourceRecordSets: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        resourceRecords: z.array(z.object({ value: z.string() })),
      }),
    ),
  });
  const getRecords = (args: Record<string, unknown>) => aws.invoke("aws:route53/getRecords:getRecords", args);
  const lines = async (nameRegex?: string) =>
    sets
      .parse((await getRecords({ zoneId, nameRegex })).result)
      .resourceRecordSets.map(({ name, type, resourceRecords }) =>
        [name, type, ...resourceRecords.map(({ value }) => value)].join(" "),
      );

  beforeEach(async () => {
    await make({ ...txt, records: ["v=spf1 -all", split] });
    await make({ ...txt, name: "*._domainkey.example.com", records: ["v=DKIM1; p="] });
    await make(cname);
  });

  test("gives the API's spelling: trailing dots, quotes, the wildcard in octal, and the zone's own sets", async () => {
    expect(await lines()).toEqual([
      "example.com. NS ns1.example.com.",
      expect.stringMatching(/^example\.com\. SOA ns1\.example\.com\. /),
      `example.com. TXT "v=spf1 -all" "${split}"`,
      '\\052._domainkey.example.com. TXT "v=DKIM1; p="',
      "em.example.com. CNAME u1.wl.example.net",
    ]);
  });

  test.each([
    ["^example\\.com\\.$", ["NS", "SOA", "TXT"]],
    ["^em\\.", ["CNAME"]],
    ["^example\\.com$", []],
  ])("compares %s with names that end in a dot", async (nameRegex, types) => {
    expect((await lines(nameRegex)).map((line) => line.split(" ")[1])).toEqual(types);
  });

  test("an unknown zone is refused", async () => {
    await expect(getRecords({ zoneId: "Z2" })).rejects.toThrow("NoSuchHostedZone");
  });
});
