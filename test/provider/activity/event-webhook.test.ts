import { createPublicKey } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { secret, UNKNOWN } from "../../kit/client";
import { type OpenAccount, openAccount } from "../sendgrid";
import { keptOf } from "../settings/kept";

const TOKEN = "sendgrid:index:EventWebhook";
const PATH = "/v3/user/webhooks/event/settings";
const HOOK = { url: "https://example.com/events", events: ["delivered", "bounce"] };
const OAUTH = {
  oauthClientId: "client",
  oauthClientSecret: "example-client-secret",
  oauthTokenUrl: "https://oauth.example.com/token",
};

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(async () => {
  const withoutId = open.api.exchanges().filter(({ method, path }) => method !== "POST" && path === PATH);
  await open.close();
  // There, SendGrid reads and changes the oldest webhook, whichever it is.
  expect(withoutId).toEqual([]);
});

/** What somebody does in the console, or with a key of their own. */
async function request(method: string, path: string, body?: Record<string, unknown>) {
  const answer = await fetch(`${open.api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${open.adminKey}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
}

const webhooks = async () =>
  (await request("GET", `${PATH}/all?include=account_status_change`)).body.webhooks;
const posted = (path: string) =>
  open.api.exchanges().filter((exchange) => exchange.method === "POST" && exchange.path === path);

describe("an event webhook", () => {
  it("is known in the preview but for id and key", async () => {
    const { properties } = await open.client.create(TOKEN, { ...HOOK, signed: true }, { preview: true });
    expect(properties).toMatchObject({ webhookId: UNKNOWN, publicKey: UNKNOWN });
    const unsigned = await open.client.create(TOKEN, { ...HOOK, signed: false }, { preview: true });
    expect(unsigned.properties).toMatchObject({ publicKey: "" });
  });

  it("is told of the events in the list, and of no other", async () => {
    await open.create(TOKEN, HOOK);
    expect(await webhooks()).toMatchObject([
      {
        url: HOOK.url,
        enabled: true,
        delivered: true,
        bounce: true,
        open: false,
        account_status_change: false,
      },
    ]);
  });

  it("is told of the account's status by a change, which is the way that SendGrid has for it", async () => {
    const events = ["bounce", "account_status_change"];
    const { id, inputs, properties } = await open.create(TOKEN, { ...HOOK, events });
    expect(open.requests().slice(1)).toEqual([`POST ${PATH}`, `PATCH ${PATH}/${id}`]);
    expect(await webhooks()).toMatchObject([{ bounce: true, account_status_change: true }]);
    await open.client.update(TOKEN, id, { inputs, state: properties }, { ...inputs, events: ["bounce"] });
    expect(await webhooks()).toMatchObject([{ bounce: true, account_status_change: false }]);
  });

  it("has the key that checks the signatures, on P-256", async () => {
    const { properties } = await open.create(TOKEN, { ...HOOK, signed: true });
    const der = Buffer.from(String(properties.publicKey), "base64");
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    expect(key.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  });

  it("keeps its key through updates, and loses it when the signatures are turned off", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, { ...HOOK, signed: true });
    const state = { inputs, state: properties };
    const renamed = await open.client.update(TOKEN, id, state, { ...inputs, friendlyName: "Mail" });
    expect(renamed.publicKey).toBe(properties.publicKey);
    const unsigned = await open.client.update(TOKEN, id, state, { ...inputs, signed: false });
    expect(unsigned.publicKey).toBe("");
  });

  it("is imported with its events, its key and its OAuth client, but for the secret", async () => {
    const { id, properties } = await open.create(TOKEN, { ...HOOK, ...OAUTH, signed: true });
    const { oauthClientSecret, ...oauth } = OAUTH;
    const imported = await open.client.read(TOKEN, id);
    expect(imported.inputs).toEqual({
      ...HOOK,
      ...oauth,
      events: ["delivered", "bounce"],
      friendlyName: "",
      enabled: true,
      signed: true,
    });
    expect(imported.properties.publicKey).toBe(properties.publicKey);
  });

  it("is gone for a refresh when somebody deleted it, and deleting it is fine then", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, HOOK);
    await request("DELETE", `${PATH}/${id}`);
    expect((await open.client.read(TOKEN, id, inputs, properties)).id).toBe("");
    await open.client.delete(TOKEN, id, inputs, properties);
  });

  it("shows what was changed in the console", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, { ...HOOK, signed: true });
    await request("PATCH", `${PATH}/${id}`, { url: HOOK.url, enabled: false, open: true, bounce: false });
    await request("PATCH", `${PATH}/signed/${id}`, { enabled: false });
    const read = await open.client.read(TOKEN, id, inputs, properties);
    expect(read.inputs).toMatchObject({ enabled: false, events: ["delivered", "open"], signed: false });
    expect(read.properties.publicKey).toBe("");
  });

  it("has no diff where the events stand in another order", async () => {
    const { inputs, properties } = await open.create(TOKEN, HOOK);
    const turned = { ...inputs, events: ["bounce", "delivered"] };
    expect((await open.client.diff(TOKEN, inputs, turned, [], properties)).changes).toBe(false);
  });
});

describe("a URL that a webhook has already", () => {
  it("is refused, with the id and what to do", async () => {
    const { id } = await open.create(TOKEN, HOOK);
    await expect(open.create(TOKEN, HOOK)).rejects.toThrow(
      new RegExp(`exists already, with the id ${id}\\. Take it over with adopt: true`),
    );
  });

  it("is taken over with adopt, signatures included", async () => {
    const made = await request("POST", PATH, { url: HOOK.url, open: true });
    const { id, properties } = await open.create(TOKEN, { ...HOOK, signed: true, adopt: true });
    expect(id).toBe(made.body.id);
    expect(properties.publicKey).not.toBe("");
    expect(await webhooks()).toMatchObject([{ enabled: true, open: false, delivered: true }]);
  });

  it("is found where the answer to the creation was lost: none is made twice", async () => {
    open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
    const { id, properties } = await open.create(TOKEN, { ...HOOK, signed: true });
    expect(await webhooks()).toMatchObject([{ id, public_key: properties.publicKey }]);
    expect(posted(PATH)).toHaveLength(1);
  });
});

describe("a creation that fails half-way", () => {
  it("keeps the webhook, and the next update turns the signatures on", async () => {
    open.api.faults.forbid("user.webhooks.event.settings.update");
    const { details, kept } = await keptOf(open.create(TOKEN, { ...HOOK, signed: true }));
    const [{ id }] = await webhooks();
    expect(details).toContain(`Could not turn the signature of the event webhook ${id} on.`);
    expect(kept).toMatchObject({ id, state: { webhookId: id, publicKey: "", lastTest: {} } });
    open.api.faults.clear();
    const { inputs, state } = kept ?? { inputs: {}, state: {} };
    const finished = await open.client.update(TOKEN, id, { inputs, state }, inputs);
    expect(await webhooks()).toMatchObject([{ id, public_key: finished.publicKey }]);
    expect(posted(PATH)).toHaveLength(1);
  });

  it("keeps the key, and the next update sends the test alone", async () => {
    open.api.faults.forbid("user.webhooks.event.test.create");
    const { details, kept } = await keptOf(
      open.create(TOKEN, { ...HOOK, signed: true, testTriggers: { run: "1" } }),
    );
    const [{ id, public_key }] = await webhooks();
    expect(details).toContain(`Could not send a test to the event webhook ${id}.`);
    expect(details).toContain("Give the API key the scope user.webhooks.event.test.create.");
    expect(kept).toMatchObject({ id, state: { publicKey: public_key, lastTest: {} } });
    open.api.faults.clear();
    const { inputs, state } = kept ?? { inputs: {}, state: {} };
    const finished = await open.client.update(TOKEN, id, { inputs, state }, inputs);
    expect(finished).toMatchObject({ publicKey: public_key, lastTest: { run: "1" } });
  });
});

describe("a test", () => {
  const TEST = "/v3/user/webhooks/event/test";

  it("is sent at the creation and when the triggers change, not at other updates", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, { ...HOOK, testTriggers: { run: "1" } });
    expect(posted(TEST).map(({ requestBody }) => requestBody)).toEqual([{ id, url: HOOK.url }]);
    const renamed = { ...inputs, friendlyName: "Mail" };
    const state = await open.client.update(TOKEN, id, { inputs, state: properties }, renamed);
    expect(posted(TEST)).toHaveLength(1);
    const again = { ...renamed, testTriggers: { run: "2" } };
    const tested = await open.client.update(TOKEN, id, { inputs: renamed, state }, again);
    expect(posted(TEST)).toHaveLength(2);
    await open.client.update(TOKEN, id, { inputs: again, state: tested }, { ...again, testTriggers: {} });
    expect(posted(TEST)).toHaveLength(2);
  });

  it("is not sent without triggers", async () => {
    await open.create(TOKEN, HOOK);
    expect(posted(TEST)).toEqual([]);
  });

  it("uses the OAuth client of the webhook", async () => {
    const { id } = await open.create(TOKEN, { ...HOOK, ...OAUTH, testTriggers: { run: "1" } });
    expect(posted(TEST).map(({ requestBody }) => requestBody)).toEqual([
      { id, url: HOOK.url, oauth_client_id: OAUTH.oauthClientId, oauth_token_url: OAUTH.oauthTokenUrl },
    ]);
  });
});

describe("OAuth", () => {
  it("has a secret that stays one", async () => {
    const { properties } = await open.create(TOKEN, { ...HOOK, ...OAUTH });
    expect(properties.oauthClientSecret).toEqual(secret(OAUTH.oauthClientSecret));
  });

  it("is turned off when it is left out", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, { ...HOOK, ...OAUTH });
    expect(await webhooks()).toMatchObject([{ oauth_client_id: "client" }]);
    const { inputs: without } = await open.client.check(TOKEN, HOOK);
    const state = await open.client.update(TOKEN, id, { inputs, state: properties }, without);
    const [webhook] = await webhooks();
    expect(webhook).not.toHaveProperty("oauth_client_id");
    expect((await open.client.read(TOKEN, id, without, state)).inputs).toEqual(without);
  });
});

describe("the check", () => {
  const incomplete =
    "needs the other two: give oauthClientId, oauthClientSecret and oauthTokenUrl, or none of them";
  it.each<[Record<string, unknown>, string, string]>([
    [
      { ...HOOK, url: "example.com/events" },
      "url",
      "must be an http or https address without spaces, e.g. https://example.com/events",
    ],
    [
      { ...HOOK, url: "https://" },
      "url",
      "must be an http or https address without spaces, e.g. https://example.com/events",
    ],
    [{ ...HOOK, events: [] }, "events", "must name at least one event, e.g. delivered"],
    [{ ...HOOK, events: ["open", "open"] }, "events", "must name every event once"],
    [{ ...HOOK, oauthClientId: "client" }, "oauthClientId", incomplete],
    [{ ...HOOK, oauthTokenUrl: OAUTH.oauthTokenUrl }, "oauthClientId", incomplete],
    [
      { ...HOOK, oauthClientId: OAUTH.oauthClientId, oauthTokenUrl: OAUTH.oauthTokenUrl },
      "oauthClientId",
      incomplete,
    ],
  ])("of %o names %s", async (given, property, reason) => {
    const { failures } = await open.client.check(TOKEN, given);
    expect(failures).toEqual([{ property, reason }]);
  });

  it("names the events that there are where one is misspelt", async () => {
    const { failures } = await open.client.check(TOKEN, { ...HOOK, events: ["bounce", "bounced"] });
    expect(failures).toEqual([
      { property: "events[1]", reason: expect.stringMatching(/^must be one of "processed", .*"bounced"/) },
    ]);
  });
});

describe("an id that is none", () => {
  it.each(["", ".", "..", "a/b"])("is refused before anything is asked: %o", async (id) => {
    const { inputs, properties } = await open.create(TOKEN, HOOK);
    const before = open.requests().length;
    await expect(
      open.client.update(TOKEN, id, { inputs, state: properties }, { ...inputs, enabled: false }),
    ).rejects.toThrow(`"${id}" is not the id of an event webhook.`);
    expect(open.requests()).toHaveLength(before);
  });
});
