import { getRecords } from "@pulumi/aws/route53/getRecords";
import { getZone } from "@pulumi/aws/route53/getZone";
import { Record } from "@pulumi/aws/route53/record";
import { Zone } from "@pulumi/aws/route53/zone";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloud, previewed, startCloud } from "./cloud";

// Route 53 through the real engine and SDK, in one stack's life: each test goes on where the one before it ended.

const wanted = { text: "v=spf1 -all", adopted: "v=DMARC1; p=none" };
const split = `${"k".repeat(255)}" "${"k".repeat(45)}`;

async function program() {
  const { zoneId } = await getZone({ name: "example.net" });
  const { resourceRecordSets } = await getRecords({ zoneId, nameRegex: "^_dmarc\\.example\\.net\\.$" });
  new Record("spf", { zoneId, name: "example.net", type: "TXT", ttl: 300, records: [wanted.text] });
  new Record("dkim", { zoneId, name: "s1._domainkey.example.net", type: "TXT", ttl: 300, records: [split] });
  new Record("revoked", { zoneId, name: "*._domainkey.example.net", type: "TXT", ttl: 300, records: ["p="] });
  new Record("mail", { zoneId, name: "example.net", type: "MX", ttl: 300, records: ["0 ."] });
  new Record(
    "dmarc",
    { zoneId, name: "_dmarc.example.net", type: "TXT", ttl: 300, records: [wanted.adopted] },
    { import: `${zoneId}__dmarc.example.net_TXT` },
  );
  const child = new Zone("child", { name: "news.example.net" });
  const alias = { name: "em.news.example.net", type: "CNAME", ttl: 300, records: ["u1.wl.example.org"] };
  const record = new Record("alias", { zoneId: child.zoneId, ...alias });
  return { found: resourceRecordSets.map(({ resourceRecords }) => resourceRecords), fqdn: record.fqdn };
}

let cloud: Cloud;
const patience = { timeout: 120_000 };

beforeAll(async () => {
  cloud = await startCloud(program);
  const { id } = cloud.aws.hostedZones.create({ name: "example.net" });
  cloud.aws.hostedZones.put(id, "CREATE", {
    name: "_dmarc.example.net",
    type: "TXT",
    ttl: 300,
    records: ['"v=DMARC1; p=none"'],
  });
}, patience.timeout);

afterAll(() => cloud?.close());

const served = (origin: string) =>
  cloud.zones
    .zone(origin)
    .records()
    .map(({ name, type, value }) => [name, type, value]);

test("a first preview imports what is there and creates the rest", patience, async () => {
  expect(await previewed(cloud.stack)).toEqual({
    spf: "create",
    dkim: "create",
    revoked: "create",
    mail: "create",
    dmarc: "import",
    child: "create",
    alias: "create",
  });
});

test(
  "`up` serves the records, in the zone that was there and in the one that it makes",
  patience,
  async () => {
    const { outputs } = await cloud.stack.up();
    expect(outputs.found?.value).toEqual([[{ value: '"v=DMARC1; p=none"' }]]);
    expect(outputs.fqdn?.value).toBe("em.news.example.net");
    expect(served("example.net")).toEqual([
      ["example.net", "MX", "."],
      ["example.net", "TXT", "v=spf1 -all"],
      ["_dmarc.example.net", "TXT", "v=DMARC1; p=none"],
      ["*._domainkey.example.net", "TXT", "p="],
      ["s1._domainkey.example.net", "TXT", "k".repeat(300)],
    ]);
    expect(served("news.example.net")).toEqual([["em.news.example.net", "CNAME", "u1.wl.example.org"]]);
  },
);

test("neither a second preview nor one after a refresh shows a change", patience, async () => {
  expect(await previewed(cloud.stack)).toEqual({});
  const { summary } = await cloud.stack.refresh();
  expect(summary.resourceChanges).not.toHaveProperty("update");
  expect(await previewed(cloud.stack)).toEqual({});
});

test("a changed text is an update in place", patience, async () => {
  wanted.text = "v=spf1 ~all";
  expect(await previewed(cloud.stack)).toEqual({ spf: "update" });
  await cloud.stack.up();
  expect(served("example.net")).toContainEqual(["example.net", "TXT", "v=spf1 ~all"]);
});

test("`destroy` leaves the zone that was there, and nothing in it", patience, async () => {
  await cloud.stack.destroy();
  expect(served("example.net")).toEqual([]);
  expect(cloud.zones.list().map(({ origin }) => origin)).toEqual(["example.com", "example.net"]);
});
