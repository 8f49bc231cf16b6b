import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { secret, UNKNOWN } from "../../kit/client";
import { API_KEY, type OpenAccount, openAccount } from "../sendgrid";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const RELAY = {
  name: "relay",
  scopes: ["mail.send", "alerts.read"],
  triggers: {},
  gracePeriodSeconds: 0,
};
const keys = () => open.account.keys.list("sandbox").filter(({ name }) => name !== "admin");

it("is known in the preview but for id and text", async () => {
  expect((await open.client.create(API_KEY, RELAY, { preview: true })).properties).toEqual({
    ...RELAY,
    apiKeyId: UNKNOWN,
    apiKey: secret(UNKNOWN),
  });
});

it("is created with its scopes only, and its text is a secret that works", async () => {
  const { id, properties } = await open.create(API_KEY, RELAY);
  const text = Object(properties.apiKey).value;
  expect(properties).toEqual({ ...RELAY, apiKeyId: id, apiKey: secret(text) });
  expect(open.account.keys.find(text)).toMatchObject({ id, scopes: RELAY.scopes });
});

describe("a refresh", () => {
  it("changes nothing right after the create: neither the text nor what SendGrid added", async () => {
    const { id, inputs, properties } = await open.create(API_KEY, RELAY);
    expect(await open.client.read(API_KEY, id, inputs, properties)).toEqual({ id, inputs, properties });
  });

  it("keeps a scope that SendGrid adds where the program names it", async () => {
    const { id, inputs, properties } = await open.create(API_KEY, {
      ...RELAY,
      scopes: ["mail.send", "2fa_required"],
    });
    expect((await open.client.read(API_KEY, id, inputs, properties)).inputs).toEqual(inputs);
  });

  it("sees scopes that somebody took away", async () => {
    const { id, inputs, properties } = await open.create(API_KEY, RELAY);
    for (const key of keys()) key.scopes = ["mail.send"];
    expect((await open.client.read(API_KEY, id, inputs, properties)).inputs.scopes).toEqual(["mail.send"]);
  });

  it("finds that it is gone", async () => {
    const { id, inputs, properties } = await open.create(API_KEY, RELAY);
    open.account.keys.delete("sandbox", id);
    expect((await open.client.read(API_KEY, id, inputs, properties)).id).toBe("");
  });
});

describe("a diff", () => {
  it.each([
    ["another order of scopes", { scopes: ["alerts.read", "mail.send"] }],
    [
      "scopes that SendGrid adds",
      { scopes: [...RELAY.scopes, "2fa_required", "sender_verification_eligible"] },
    ],
  ])("has nothing for %s", async (_, change) => {
    expect(await open.client.diff(API_KEY, RELAY, { ...RELAY, ...change })).toMatchObject({ changes: false });
  });

  it.each([
    ["name", { name: "other" }],
    ["scopes", { scopes: ["mail.send"] }],
  ])("updates in place for other %s", async (property, change) => {
    expect(await open.client.diff(API_KEY, RELAY, { ...RELAY, ...change })).toMatchObject({
      detailed: { [property]: "update" },
      replaces: [],
    });
  });
});

it("is updated in place and keeps its text", async () => {
  const { id, inputs, properties } = await open.create(API_KEY, RELAY);
  const after = { ...RELAY, name: "renamed", scopes: ["mail.send"] };
  expect(await open.client.update(API_KEY, id, { inputs, state: properties }, after)).toEqual({
    ...properties,
    ...after,
  });
  expect(keys()).toMatchObject([{ id, name: "renamed", scopes: ["mail.send"] }]);
});

it("is deleted, and gone already is as good", async () => {
  const { id, inputs } = await open.create(API_KEY, RELAY);
  await open.client.delete(API_KEY, id, inputs);
  await open.client.delete(API_KEY, id, inputs);
  expect(keys()).toEqual([]);
});

describe("an import by id", () => {
  it("makes no diff with the program; the text is missing", async () => {
    const { id } = await open.create(API_KEY, RELAY);
    const imported = await open.client.read(API_KEY, id);
    expect(await open.client.diff(API_KEY, imported.inputs, RELAY)).toMatchObject({ changes: false });
    const { name, scopes } = RELAY;
    expect(imported.properties).toEqual({ name, scopes, apiKeyId: id });
  });
});

describe("a create without an answer", () => {
  it("is repeated when no key was made", async () => {
    open.api.faults.next({ method: "POST", reset: "before" });
    await open.create(API_KEY, RELAY);
    expect(keys()).toHaveLength(1);
  });

  it("is not repeated when a key was made: its id is named for deletion", async () => {
    open.api.faults.next({ method: "POST", reset: "after" });
    const failure = open.create(API_KEY, RELAY);
    await expect(failure).rejects.toThrow(
      /^2 UNKNOWN: Could not create the API key "relay"\. No answer from SendGrid/,
    );
    const [orphan] = keys();
    await expect(failure).rejects.toThrow(
      `A key was made all the same whose text is lost, and SendGrid shows it only once. Delete it, unless something uses it: curl -X DELETE -H "Authorization: Bearer $SENDGRID_API_KEY" ${open.api.url}/v3/api_keys/${orphan?.id} `,
    );
    expect(keys()).toHaveLength(1);
  });
});

it("is refused with the reason when the account has 100 keys", async () => {
  for (let count = keys().length; count < 99; count++)
    open.account.keys.create("sandbox", Object(open.account.keys.find(open.adminKey)), `key ${count}`, [
      "mail.send",
    ]);
  await expect(open.create(API_KEY, RELAY)).rejects.toThrow(
    /answered 403: Cannot create more than 100 API Keys\. An account can have 100 keys: .*share one/,
  );
});
