import { afterEach, beforeEach, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const TOKEN = "sendgrid:index:GlobalSuppression";
const PATH = "/v3/asm/suppressions/global";
const EMAIL = "unwilling+news@example.com";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const suppressed = (email = EMAIL) => request(open, "GET", `${PATH}/${encodeURIComponent(email)}`);

it("has its address as the id, in lower case", async () => {
  const { id, properties } = await open.create(TOKEN, { email: "Unwilling+News@Example.com" });
  expect({ id, properties }).toEqual({ id: EMAIL, properties: { email: EMAIL } });
  expect(await suppressed()).toEqual({ recipient_email: EMAIL });
});

it("makes no diff by another letter case, and is replaced by another address", async () => {
  const { inputs } = await open.create(TOKEN, { email: EMAIL });
  const other = await open.client.check(TOKEN, { email: EMAIL.toUpperCase() }, inputs);
  expect(await open.client.diff(TOKEN, inputs, other.inputs)).toMatchObject({ changes: false });
  const replaced = await open.client.diff(TOKEN, inputs, { email: "somebody@example.com" });
  expect(replaced.replaces).toEqual(["email"]);
});

it("is imported by the address in any spelling", async () => {
  await request(open, "POST", PATH, { recipient_emails: [EMAIL] });
  const imported = await open.client.read(TOKEN, EMAIL.toUpperCase());
  expect(imported).toMatchObject({ id: EMAIL, inputs: { email: EMAIL } });
});

it("is missed where somebody lets mail go to the address again", async () => {
  const { id, inputs } = await open.create(TOKEN, { email: EMAIL });
  await request(open, "DELETE", `${PATH}/${encodeURIComponent(id)}`);
  expect((await open.client.read(TOKEN, id, inputs)).id).toBe("");
  await open.client.delete(TOKEN, id, inputs);
});

it("is missed where the answer has an empty address", async () => {
  const { id, inputs } = await open.create(TOKEN, { email: EMAIL });
  open.api.faults.next({ method: "GET", status: 200, body: { recipient_email: "" } });
  expect((await open.client.read(TOKEN, id, inputs)).id).toBe("");
});

it("is refused for an address whose owner has unsubscribed, and taken over with adopt", async () => {
  await request(open, "POST", PATH, { recipient_emails: [EMAIL] });
  await expect(open.create(TOKEN, { email: EMAIL })).rejects.toThrow(
    `GlobalSuppression with email "${EMAIL}" exists already, with the id ${EMAIL}. Take it over with adopt: true`,
  );
  const { id, inputs } = await open.create(TOKEN, { email: EMAIL, adopt: true });
  await open.client.delete(TOKEN, id, inputs);
  expect(await suppressed()).toEqual({});
});

it("is there where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  await open.create(TOKEN, { email: EMAIL });
  expect(open.requests().filter((each) => each === `POST ${PATH}`)).toHaveLength(1);
});

it.each([
  ["somebody", "must be an email address, e.g. news@example.com"],
  ["Some Body <somebody@example.com>", "must be an email address, e.g. news@example.com"],
  [`${"x".repeat(243)}@example.com`, "is too long: an email address has at most 254 characters (RFC 5321)"],
])("is checked: %s", async (email, reason) => {
  expect((await open.client.check(TOKEN, { email })).failures).toEqual([{ property: "email", reason }]);
});
