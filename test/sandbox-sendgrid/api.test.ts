import { Client } from "@sendgrid/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startWorld, type World } from "./account";

let world: World;

beforeEach(async () => {
  world = await startWorld({ rateLimit: { limit: 300, windowSeconds: 60 } });
});

afterEach(() => world.close());

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
const createKey = async (body: unknown, headers?: Record<string, string>) =>
  world.call("POST", "/v3/api_keys", body, headers);

describe("an API key", () => {
  test("is shown once, with the scopes that were asked for", async () => {
    const { status, body } = await createKey({ name: "relay", scopes: ["mail.send"] });
    expect(status).toBe(201);
    expect(body).toEqual({
      api_key: expect.stringMatching(/^SG\.[\w-]{22}\.[\w-]{43}$/),
      api_key_id: expect.stringMatching(/^[\w-]{22}$/),
      name: "relay",
      scopes: ["mail.send"],
    });
    const [list, one] = await Promise.all([
      world.call("GET", "/v3/api_keys"),
      world.call("GET", `/v3/api_keys/${body.api_key_id}`),
    ]);
    expect(list.body.result).toContainEqual({ api_key_id: body.api_key_id, name: "relay" });
    expect(one.body).toEqual({
      api_key_id: body.api_key_id,
      name: "relay",
      scopes: ["mail.send", "sender_verification_eligible", "2fa_required"],
    });
    expect(JSON.stringify([list.body, one.body])).not.toContain(body.api_key);
  });

  test("has full access when no scopes are named", async () => {
    const { body } = await createKey({ name: "all" });
    expect(body.scopes).toEqual(
      expect.arrayContaining(["mail.send", "api_keys.delete", "whitelabel.create"]),
    );
  });

  test("is renamed by PATCH, gets other scopes by PUT, and is gone after DELETE", async () => {
    const { body } = await createKey({ name: "relay", scopes: ["mail.send"] });
    const path = `/v3/api_keys/${body.api_key_id}`;
    expect((await world.call("PATCH", path, { name: "new" })).body).toEqual({
      api_key_id: body.api_key_id,
      name: "new",
    });
    const put = await world.call("PUT", path, { name: "newer", scopes: ["stats.read"] });
    expect(put.body).toMatchObject({ name: "newer", scopes: expect.arrayContaining(["stats.read"]) });
    expect((await world.call("DELETE", path)).status).toBe(204);
    expect((await world.call("GET", path)).status).toBe(404);
    expect((await world.call("GET", "/v3/scopes", undefined, bearer(body.api_key))).status).toBe(401);
  });

  test("cannot be the hundred-and-first", async () => {
    for (let count = world.account.keys.list("sandbox").length; count < 100; count++) {
      expect((await createKey({ name: `key ${count}`, scopes: ["mail.send"] })).status).toBe(201);
    }
    const refused = await createKey({ name: "one too many", scopes: ["mail.send"] });
    expect(refused).toMatchObject({
      status: 403,
      body: { errors: [{ message: "Cannot create more than 100 API Keys" }] },
    });
  });

  test("cannot grant more than it may itself", async () => {
    const { body } = await createKey({ name: "keys only", scopes: ["api_keys.create"] });
    const refused = await createKey({ name: "sender", scopes: ["mail.send"] }, bearer(body.api_key));
    expect(refused.status).toBe(403);
  });

  test.each([
    ["an unknown property", { name: "x", sample: true }, "sample"],
    ["no name", { scopes: ["mail.send"] }, "name"],
    ["scopes that are no list", { name: "x", scopes: "mail.send" }, "scopes"],
    ["an empty list of scopes", { name: "x", scopes: [] }, "scopes"],
    ["a scope that does not exist", { name: "x", scopes: ["mail.sned"] }, "scopes"],
  ])("is refused with %s", async (_, body, field) => {
    expect(await createKey(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

describe("the authorization", () => {
  test.each<[string, Record<string, string>, string]>([
    ["without a key", {}, "authorization required"],
    ["with another scheme", { authorization: "Basic eDp5" }, "authorization required"],
    [
      "with an unknown key",
      bearer("SG.x.y"),
      "The provided authorization grant is invalid, expired, or revoked",
    ],
  ])("is refused %s", async (_, headers, message) => {
    expect(await world.call("GET", "/v3/scopes", undefined, headers)).toMatchObject({
      status: 401,
      body: { errors: [{ field: null, message }] },
    });
  });

  test("needs the scope of each call", async () => {
    const { body } = await createKey({ name: "reader", scopes: ["whitelabel.read"] });
    const read = await world.call("GET", "/v3/whitelabel/domains", undefined, bearer(body.api_key));
    expect(read.status).toBe(200);
    const write = await world.call(
      "POST",
      "/v3/whitelabel/domains",
      { domain: "x.org" },
      bearer(body.api_key),
    );
    expect(write).toMatchObject({ status: 403, body: { errors: [{ message: "access forbidden" }] } });
    expect((await world.call("GET", "/v3/scopes", undefined, bearer(body.api_key))).body.scopes).toContain(
      "whitelabel.read",
    );
  });
});

test("the official client works against it", async () => {
  const client = new Client();
  client.setApiKey(world.adminKey);
  client.setDefaultRequest("baseUrl", world.api.url);
  const [response, body] = await client.request({
    method: "POST",
    url: "/v3/whitelabel/domains",
    body: { domain: "example.com" },
  });
  expect(response.statusCode).toBe(201);
  expect(body).toMatchObject({ domain: "example.com" });
});

test("an unknown path is not found, and a body that is no JSON is refused", async () => {
  expect((await world.call("GET", "/v3/nothing")).status).toBe(404);
  const answer = await fetch(`${world.api.url}/v3/api_keys`, {
    method: "POST",
    body: "{",
    headers: bearer(world.adminKey),
  });
  expect(answer.status).toBe(400);
});

test("the account tells its name and number, which stands in every CNAME target", async () => {
  const { body } = await world.call("GET", "/v3/user/username");
  expect(body).toEqual({ username: "sandbox", user_id: 4711471 });
  expect((await world.call("GET", "/v3/user/account")).body).toEqual({ type: "paid", reputation: 100 });
});

describe("the rate limit", () => {
  test("counts down in the headers", async () => {
    const { headers } = await world.call("GET", "/v3/scopes");
    expect(headers.get("x-ratelimit-limit")).toBe("300");
    expect(headers.get("x-ratelimit-remaining")).toBe("299");
    expect(Number(headers.get("x-ratelimit-reset"))).toBeGreaterThan(Date.now() / 1000);
  });

  test("answers 429 beyond the limit", async () => {
    const strict = await startWorld({ rateLimit: { limit: 1, windowSeconds: 60 } });
    try {
      expect((await strict.call("GET", "/v3/scopes")).status).toBe(200);
      const refused = await strict.call("GET", "/v3/scopes");
      expect(refused).toMatchObject({ status: 429, body: { errors: [{ message: "too many requests" }] } });
      expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    } finally {
      await strict.close();
    }
  });
});

describe("an injected fault", () => {
  test("is answered as often as was asked, and only on its path", async () => {
    const { faults } = world.api;
    faults.next({ status: 503, times: 2, path: "/v3/api_keys", headers: { "retry-after": "1" } });
    expect((await world.call("GET", "/v3/scopes")).status).toBe(200);
    const first = await world.call("GET", "/v3/api_keys");
    expect(first.status).toBe(503);
    expect(first.headers.get("retry-after")).toBe("1");
    expect((await world.call("GET", "/v3/api_keys")).status).toBe(503);
    expect((await world.call("GET", "/v3/api_keys")).status).toBe(200);
  });

  test("can break the connection before the work is done", async () => {
    world.api.faults.next({ reset: "before", method: "POST" });
    await expect(createKey({ name: "lost", scopes: ["mail.send"] })).rejects.toThrow("fetch failed");
    expect(world.account.keys.list("sandbox").map(({ name }) => name)).not.toContain("lost");
  });

  test("can break the connection after the work is done", async () => {
    world.api.faults.next({ reset: "after", method: "POST" });
    await expect(createKey({ name: "made", scopes: ["mail.send"] })).rejects.toThrow("fetch failed");
    expect(world.account.keys.list("sandbox").map(({ name }) => name)).toContain("made");
    expect(world.api.exchanges()).toMatchObject([{ injected: true }]);
  });

  test("can wait for the n-th request", async () => {
    world.api.faults.next({ status: 500, path: "/v3/scopes", skip: 2 });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) statuses.push((await world.call("GET", "/v3/scopes")).status);
    expect(statuses).toEqual([200, 200, 500, 200]);
  });

  test("can be a late answer, after the work is done", async () => {
    world.api.faults.next({ delayMs: 300, method: "POST" });
    const late = world.call("POST", "/v3/api_keys", { name: "late", scopes: ["mail.send"] });
    const first = await Promise.race([
      late,
      new Promise((done) => setTimeout(() => done("still waiting"), 100)),
    ]);
    expect(first).toBe("still waiting");
    const names = world.account.keys.list(world.account.username).map(({ name }) => name);
    expect(names).toContain("late");
    expect((await late).status).toBe(201);
  });

  test.each([401, 403] as const)("can be a scope that is refused with %i", async (status) => {
    world.api.faults.forbid("api_keys.read", status);
    expect((await world.call("GET", "/v3/api_keys")).status).toBe(status);
    expect((await world.call("GET", "/v3/scopes")).status).toBe(200);
    world.api.faults.clear();
    expect((await world.call("GET", "/v3/api_keys")).status).toBe(200);
  });
});

test("every exchange is recorded, without any key", async () => {
  const { body } = await createKey({ name: "relay", scopes: ["mail.send"] });
  await world.call("DELETE", `/v3/api_keys/${body.api_key_id}?reason=none`);
  const exchanges = world.api.exchanges();
  expect(exchanges).toMatchObject([
    {
      method: "POST",
      path: "/v3/api_keys",
      requestBody: { name: "relay", scopes: ["mail.send"] },
      status: 201,
      responseBody: { api_key: "[redacted]", name: "relay" },
    },
    { method: "DELETE", query: { reason: "none" }, status: 204, responseBody: undefined },
  ]);
  const text = JSON.stringify(exchanges);
  expect(text).not.toContain(body.api_key);
  expect(text).not.toContain(world.adminKey);
});
