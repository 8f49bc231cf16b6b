import { afterEach, beforeEach, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";

const TOKEN = "sendgrid:index:ParseWebhook";
const PATH = "/v3/user/webhooks/parse/settings";
const HOOK = { hostname: "parse.example.com", url: "https://example.com/mail" };

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

async function request(method: string, path: string, body: Record<string, unknown>) {
  const headers = { authorization: `Bearer ${open.adminKey}` };
  const answer = await fetch(`${open.api.url}${path}`, { method, headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
}

it("has its host name as the id, in lower case", async () => {
  const { id, inputs } = await open.create(TOKEN, { ...HOOK, hostname: "Parse.Example.com" });
  expect(id).toBe("parse.example.com");
  expect(inputs).toEqual({ ...HOOK, spamCheck: false, sendRaw: false });
});

it("is imported by the host name in any spelling", async () => {
  const { inputs } = await open.create(TOKEN, HOOK);
  const imported = await open.client.read(TOKEN, "PARSE.example.com");
  expect(imported).toMatchObject({ id: "parse.example.com", inputs });
});

it("shows what was changed in the console", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, HOOK);
  await request("PATCH", `${PATH}/${id}`, { url: "https://example.com/other", spam_check: true });
  const read = await open.client.read(TOKEN, id, inputs, properties);
  expect(read.inputs).toMatchObject({ url: "https://example.com/other", spamCheck: true, sendRaw: false });
});

it("is refused where the host name has one, and taken over with adopt", async () => {
  await request("POST", PATH, { ...HOOK, url: "https://example.com/old", send_raw: true });
  await expect(open.create(TOKEN, HOOK)).rejects.toThrow(
    /exists already, with the id parse\.example\.com\. Take it over with adopt: true/,
  );
  const { properties } = await open.create(TOKEN, { ...HOOK, adopt: true });
  expect(properties).toMatchObject({ url: HOOK.url, sendRaw: false });
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  await open.create(TOKEN, HOOK);
  expect(open.requests().filter((each) => each === `POST ${PATH}`)).toHaveLength(1);
});

it("is replaced by another host name and updated by all else", async () => {
  const { inputs } = await open.create(TOKEN, HOOK);
  const other = await open.client.diff(TOKEN, inputs, { ...inputs, hostname: "in.example.com" });
  expect(other.replaces).toEqual(["hostname"]);
  const moved = await open.client.diff(TOKEN, inputs, { ...inputs, url: "https://example.com/in" });
  expect(moved).toMatchObject({ changes: true, replaces: [] });
});

it.each<[Record<string, unknown>, string, RegExp]>([
  [{ ...HOOK, hostname: "parse" }, "hostname", /is a single label/],
  [{ ...HOOK, hostname: "parse_.example.com" }, "hostname", /has an underscore/],
  [{ ...HOOK, url: "mailto:someone@example.com" }, "url", /^must be an http or https address/],
])("is checked: %o", async (given, property, reason) => {
  const { failures } = await open.client.check(TOKEN, given);
  expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
});
