import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UNKNOWN } from "../../kit/client";
import { type OpenAccount, openAccount } from "../sendgrid";

const LINK = "sendgrid:index:LinkBranding";
const VALIDATION = "sendgrid:index:LinkValidation";
let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const LINKS = { domain: "example.com", subdomain: "links" };

describe("the preview of a branded link", () => {
  const preview = async (inputs: Record<string, unknown>) => {
    const checked = await open.client.check(LINK, inputs);
    return (await open.client.create(LINK, checked.inputs, { preview: true })).properties;
  };

  it("knows the name of the links' record", async () => {
    expect(await preview(LINKS)).toMatchObject({
      domainCname: { type: "CNAME", host: "links.example.com", data: UNKNOWN },
      ownerCname: UNKNOWN,
    });
  });

  it("knows the name of the owner's record where the account's number is given", async () => {
    expect((await preview({ ...LINKS, accountUserId: "4711471" })).ownerCname).toEqual({
      type: "CNAME",
      host: "4711471.example.com",
      data: UNKNOWN,
    });
  });
});

it("is created in the region by the name that the API has for it", async () => {
  await open.create(LINK, LINKS);
  await open.create(LINK, { ...LINKS, subdomain: "eu", region: "eu" });
  const posts = open.api.exchanges().filter(({ method }) => method === "POST");
  expect(posts.map(({ requestBody }) => Object(requestBody).region)).toEqual(["us", "eu"]);
});

it("is refused where it exists, with its id, and taken over with adopt: true", async () => {
  const { id } = await open.create(LINK, LINKS);
  await expect(open.create(LINK, LINKS)).rejects.toThrow(
    `LinkBranding with domain "example.com" and subdomain "links" exists already, with the id ${id}.`,
  );
  expect(await open.create(LINK, { ...LINKS, isDefault: true, adopt: true })).toMatchObject({
    id,
    properties: { isDefault: true, linkId: id },
  });
});

it("is created beside an old link, which has not the records of today's", async () => {
  const old = { id: 7, domain: "old.example.com", default: false, valid: true, dns: {} };
  open.api.faults.next({ method: "GET", path: "/v3/whitelabel/links", status: 200, body: [old] });
  expect((await open.create(LINK, LINKS)).properties).toMatchObject({ isDefault: false });
});

it("is seen as default when somebody makes it so in the console", async () => {
  const { id, inputs, properties } = await open.create(LINK, { ...LINKS, isDefault: false });
  await fetch(`${open.api.url}/v3/whitelabel/links/${id}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${open.adminKey}` },
    body: JSON.stringify({ default: true }),
  });
  expect((await open.client.read(LINK, id, inputs, properties)).inputs.isDefault).toBe(true);
});

it("is refused with a subdomain that repeats the domain", async () => {
  const { failures } = await open.client.check(LINK, { ...LINKS, subdomain: "links.example.com" });
  expect(failures).toEqual([
    {
      property: "subdomain",
      reason: '"links.example.com" repeats the domain: give the labels below it only, such as em',
    },
  ]);
});

describe("its validation", () => {
  it("names each record that is missing", async () => {
    const { id } = await open.create(LINK, LINKS);
    await expect(open.create(VALIDATION, { linkId: id, timeoutSeconds: 0 })).rejects.toThrow(
      [
        "links.example.com is not valid after 0 seconds. SendGrid says:",
        '  - domainCname (CNAME links.example.com): Expected CNAME for "links.example.com" to match "sendgrid.net".',
        '  - ownerCname (CNAME 4711471.example.com): Expected CNAME for "4711471.example.com" to match "sendgrid.net".',
      ].join("\n"),
    );
  });

  it("succeeds once they are published", async () => {
    const { id, properties } = await open.create(LINK, LINKS);
    for (const record of [properties.domainCname, properties.ownerCname]) {
      const { host, data } = Object(record);
      open.zone.add({ name: host, type: "CNAME", value: data });
    }
    expect((await open.create(VALIDATION, { linkId: id })).properties).toMatchObject({
      valid: true,
      results: { domainCname: { valid: true }, ownerCname: { valid: true } },
    });
  });
});
