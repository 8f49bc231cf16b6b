import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UNKNOWN } from "../../kit/client";
import { DOMAIN, type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const TOKEN = "sendgrid:index:MarketingSender";
const PATH = "/v3/marketing/senders";
const NEWS = {
  nickname: "News",
  from: { email: "news@example.com", name: "Example" },
  replyTo: { email: "info@example.com" },
  address: "1 Example Street",
  city: "Springfield",
  country: "United States",
};
/** What SendGrid has where the program sets no more than that. */
const WHOLE = { ...NEWS, replyTo: { ...NEWS.replyTo, name: "" }, address2: "", state: "", zip: "" };

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

/** Somebody has published the records of example.com, and SendGrid has seen them. */
async function authenticate() {
  await open.create(DOMAIN, { domain: "example.com", subdomain: "em" });
  for (const domain of open.account.domains.list()) domain.valid = true;
}

describe("its verification", () => {
  it("comes by itself with an authenticated domain", async () => {
    await authenticate();
    expect((await open.create(TOKEN, NEWS)).properties).toMatchObject({ verified: true, locked: false });
  });

  it("is missing otherwise, and again after a change to such an address", async () => {
    await authenticate();
    const { id, inputs, properties } = await open.create(TOKEN, NEWS);
    const after = { ...NEWS, from: { ...NEWS.from, email: "news@example.org" } };
    const before = { inputs, state: properties };
    expect(await open.client.update(TOKEN, id, before, after, { preview: true })).toMatchObject({
      senderId: id,
      verified: UNKNOWN,
      locked: false,
    });
    expect(await open.client.update(TOKEN, id, before, after)).toMatchObject({ verified: false });
  });

  it("shows in a refresh once somebody has followed the link", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, NEWS);
    expect(properties).toMatchObject({ verified: false });
    const sender = await request(open, "GET", `${PATH}/${id}`);
    const body = { ...Object(sender), verified: true };
    open.api.faults.next({ method: "GET", path: `${PATH}/${id}`, status: 200, body });
    const read = await open.client.read(TOKEN, id, inputs, properties);
    expect(read).toEqual({ id, inputs, properties: { ...properties, verified: true } });
  });
});

it("empties what the program sets no more", async () => {
  const all = {
    ...NEWS,
    replyTo: { email: "info@example.com", name: "Example's people" },
    address2: "Back door",
    state: "IL",
    zip: "62701",
  };
  const { id, inputs, properties } = await open.create(TOKEN, all);
  expect((await open.client.read(TOKEN, id)).inputs).toEqual(all);
  const { inputs: fewer } = await open.client.check(TOKEN, NEWS, inputs);
  await open.client.update(TOKEN, id, { inputs, state: properties }, fewer);
  expect((await open.client.read(TOKEN, id)).inputs).toEqual(WHOLE);
});

it("shows what was changed in the console", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, NEWS);
  await request(open, "PATCH", `${PATH}/${id}`, { reply_to: { email: "other@example.com" }, zip: "62701" });
  const read = await open.client.read(TOKEN, id, inputs, properties);
  expect(read.inputs).toEqual({ ...WHOLE, replyTo: { email: "other@example.com", name: "" }, zip: "62701" });
});

it("is refused where the nickname has one, and taken over with adopt", async () => {
  const { id } = await open.create(TOKEN, { ...NEWS, city: "Shelbyville", zip: "62565" });
  await expect(open.create(TOKEN, NEWS)).rejects.toThrow(
    `MarketingSender with nickname "News" exists already, with the id ${id}.`,
  );
  expect(await open.create(TOKEN, { ...NEWS, adopt: true })).toMatchObject({ id });
  expect((await open.client.read(TOKEN, id)).inputs).toEqual(WHOLE);
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  await open.create(TOKEN, NEWS);
  expect(await request(open, "GET", PATH)).toMatchObject({ results: [{ nickname: "News" }] });
});

it.each(["PATCH", "DELETE"])("says that it may be locked where SendGrid refuses a %s", async (method) => {
  const { id, inputs, properties } = await open.create(TOKEN, NEWS);
  open.api.faults.next({ method, status: 403, body: { errors: [{ message: "sender is locked" }] } });
  const before = { inputs, state: properties };
  const failure =
    method === "PATCH"
      ? open.client.update(TOKEN, id, before, { ...NEWS, city: "Shelbyville" })
      : open.client.delete(TOKEN, id, inputs, properties);
  await expect(failure).rejects.toThrow(
    /answered 403: sender is locked\. Give the API key the scope .* A sender is locked while a single send/,
  );
});

it.each<[Record<string, unknown>, string, string]>([
  [
    { from: { email: "news", name: "Example" } },
    "from.email",
    "must be an email address, e.g. news@example.com",
  ],
  [{ from: { email: "news@example.com" } }, "from.name", "is missing"],
  [
    { replyTo: { email: "@example.com" } },
    "replyTo.email",
    "must be an email address, e.g. news@example.com",
  ],
])("is checked: %o", async (change, property, reason) => {
  const { failures } = await open.client.check(TOKEN, { ...NEWS, ...change });
  expect(failures).toEqual([{ property, reason: expect.stringContaining(reason) }]);
});
