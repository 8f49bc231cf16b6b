import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sayings } from "../../providers/sendgrid/api/api-error";
import { createKeyText } from "../../sandbox/sendgrid";
import { secret } from "../kit/client";
import { API_KEY, DOMAIN, type OpenAccount, openAccount } from "./sendgrid";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const RELAY = { name: "relay", scopes: ["mail.send"] };
const message = async (work: Promise<unknown>): Promise<string> => {
  const failure: unknown = await work.then(
    () => "it did not fail",
    (error: unknown) => error,
  );
  return String(Object(failure).details ?? failure);
};

describe("a failure says what was tried, what SendGrid said and what to do:", () => {
  it("a key that SendGrid does not know", async () => {
    const wrong = createKeyText();
    await open.client.configure({ apiKey: secret(wrong), baseUrl: open.api.url });
    expect(await message(open.create(API_KEY, RELAY))).toBe(
      `Could not list the API keys. SendGrid at ${open.api.url} answered 401: The provided authorization grant is invalid, expired, or revoked. ` +
        "Check that the API key (sendgrid:apiKey or SENDGRID_API_KEY) is a current one of this account, and that sendgrid:region or sendgrid:baseUrl leads to where the account lives.",
    );
  });

  it("a key without the permission", async () => {
    const limited = await open.create(API_KEY, RELAY);
    await open.client.configure({ apiKey: limited.properties.apiKey, baseUrl: open.api.url });
    expect(await message(open.client.read(DOMAIN, "7"))).toBe(
      `Could not read the authenticated domain 7. SendGrid at ${open.api.url} answered 403: access forbidden. Give the API key the scope whitelabel.read.`,
    );
  });

  it("a subuser that the account does not have", async () => {
    await open.client.configure({
      apiKey: secret(open.adminKey),
      baseUrl: open.api.url,
      onBehalfOf: "nobody",
    });
    expect(await message(open.create(API_KEY, RELAY))).toMatch(
      /answered 403: access forbidden\. Give the API key the scope api_keys\.read/,
    );
  });

  it("a scope that SendGrid does not have", async () => {
    expect(await message(open.create(API_KEY, { ...RELAY, scopes: ["mail.sent"] }))).toBe(
      `Could not create the API key "relay". SendGrid at ${open.api.url} answered 400: scopes: invalid scope "mail.sent". Correct the property that it names and run the same command again.`,
    );
  });

  it("a key that is gone when it is to be changed", async () => {
    expect(
      await message(
        open.client.update(API_KEY, "gone", { inputs: RELAY, state: RELAY }, { ...RELAY, name: "new" }),
      ),
    ).toBe(
      `Could not change the API key gone. SendGrid at ${open.api.url} answered 404: unable to get API Key. It does not exist any more: run \`pulumi refresh\`, then the same command again.`,
    );
  });

  it("a rate limit that does not end", async () => {
    open.api.faults.next({
      times: 9,
      status: 429,
      headers: { "x-ratelimit-reset": "1800000000" },
      body: { errors: [{ message: "too many requests" }] },
    });
    await open.client.configure({ apiKey: secret(open.adminKey), baseUrl: open.api.url });
    expect(await message(open.client.read(API_KEY, "x"))).toBe(
      `Could not read the API key x. SendGrid at ${open.api.url} answered 429: too many requests. The rate limit is used up until 2027-01-15T08:00:00.000Z: run the same command again later.`,
    );
  });

  it("an internal error that does not end", async () => {
    open.api.faults.next({ times: 9, status: 503, body: "Service Unavailable" });
    expect(await message(open.client.read(API_KEY, "x"))).toBe(
      `Could not read the API key x. SendGrid at ${open.api.url} answered 503: Service Unavailable. The fault is on SendGrid's side (https://status.sendgrid.com): run the same command again later.`,
    );
  });

  it("nobody who listens", async () => {
    const baseUrl = `http://127.0.0.1:${await closedPort()}`;
    await open.client.configure({ apiKey: secret(open.adminKey), baseUrl });
    expect(await message(open.client.read(API_KEY, "x"))).toBe(
      `Could not read the API key x. No answer from SendGrid at ${baseUrl} (connect ECONNREFUSED ${baseUrl.slice(7)}). Nothing listens there: check the setting sendgrid:baseUrl (SENDGRID_BASE_URL).`,
    );
  });

  it("a name without an address", async () => {
    await open.client.configure({ apiKey: secret(open.adminKey), baseUrl: "https://sendgrid.invalid" });
    expect(await message(open.client.read(API_KEY, "x"))).toMatch(
      /^Could not read the API key x\. No answer from SendGrid at https:\/\/sendgrid\.invalid \(.*(ENOTFOUND|EAI_AGAIN).*\)\. .*check/,
    );
  });

  it("an answer that is none of SendGrid's", async () => {
    open.api.faults.next({ status: 200, body: "<html>It works!</html>" });
    expect(await message(open.client.read(DOMAIN, "7"))).toMatch(
      /^Could not read the authenticated domain 7: SendGrid at .* answered something unexpected \(.*\)\. Check sendgrid:baseUrl/,
    );
  });
});

describe("a passing fault", () => {
  it.each([
    ["an internal error", { status: 500 }],
    ["a bad gateway", { status: 502, body: "<html></html>" }],
    ["a used up rate limit", { status: 429, headers: { "x-ratelimit-reset": "1" } }],
    ["a broken connection", { reset: "before" as const }],
  ])("is waited out: %s", async (_, fault) => {
    const { id, inputs, properties } = await open.create(API_KEY, RELAY);
    open.api.faults.next({ times: 2, ...fault });
    expect((await open.client.read(API_KEY, id, inputs, properties)).id).toBe(id);
  });

  it("is waited out at a create when SendGrid can't have acted on it: a rate limit", async () => {
    open.api.faults.next({ method: "POST", times: 2, status: 429, headers: { "x-ratelimit-reset": "1" } });
    await open.create(API_KEY, RELAY);
    expect(open.account.keys.list("sandbox").filter(({ name }) => name === "relay")).toHaveLength(1);
  });

  it("is not tried again when it will not pass: a refusal", async () => {
    open.api.faults.next({ status: 403 });
    await message(open.client.read(API_KEY, "x"));
    expect(open.requests()).toEqual(["GET /v3/api_keys/x"]);
  });
});

describe("a proxy in the environment", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("is not asked for an address on this machine", async () => {
    vi.stubEnv("http_proxy", `http://127.0.0.1:${await closedPort()}`);
    expect((await open.create(API_KEY, RELAY)).id).not.toBe("");
  });
});

it.each([
  [
    "a list",
    {
      errors: [
        { message: "bad name", field: "name", help: {} },
        { message: "bad", field: null },
      ],
    },
    ["name: bad name", "bad"],
  ],
  ["an object of texts", { errors: { name: "is bad" } }, ["name: is bad"]],
  ["an object of lists", { errors: { name: ["is bad", "is long"] } }, ["name: is bad, is long"]],
  ["an id of an error", { error_id: "4711" }, ["error 4711"]],
  ["a message with a link", { id: "limit", message: "slow down", url: "https://x" }, ["slow down"]],
  ["an error as text", { error: "authorization required" }, ["authorization required"]],
  ["plain text", "upstream timed out\n", ["upstream timed out"]],
  ["nothing", "", []],
])("reads what SendGrid says in the form of %s", (_, body, expected) => {
  expect(sayings(body)).toEqual(expected);
});

describe("the key of the account", () => {
  it("is in no message, even when SendGrid repeats it", async () => {
    open.api.faults.next({ status: 400, body: { errors: [{ message: `bad key ${open.adminKey}` }] } });
    expect(await message(open.client.read(API_KEY, "x"))).toContain("answered 400: bad key [secret].");
  });

  it("is in no message when the connection breaks", async () => {
    open.api.faults.next({ times: 9, reset: "before" });
    const text = await message(open.client.read(API_KEY, "x"));
    expect(text).toMatch(/No answer from SendGrid/);
    expect(text).not.toContain(open.adminKey);
  });
});

/** A port on this machine on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
