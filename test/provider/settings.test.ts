import { afterEach, expect, it } from "vitest";
import { createKeyText } from "../../sandbox/sendgrid";
import { secret } from "../kit/client";
import { API_KEY, openAccount, serveProvider } from "./sendgrid";

let provider: Awaited<ReturnType<typeof serveProvider>> | undefined;
const start = async (environment?: Record<string, string>) => {
  provider = await serveProvider(environment);
  return provider.client;
};
afterEach(() => provider?.close());

const KEY = createKeyText();

it("takes its settings from the environment", async () => {
  const client = await start({
    SENDGRID_API_KEY: KEY,
    SENDGRID_REGION: "eu",
    SENDGRID_BASE_URL: "https://proxy.example/",
  });
  expect(await client.checkConfig({})).toEqual({
    inputs: { apiKey: secret(KEY), region: "eu", baseUrl: "https://proxy.example" },
    failures: [],
  });
});

const onlyHttps = "would send the API key unencrypted: use https://";
it.each([
  ["no key", {}, "apiKey is missing: set it, or the environment variable SENDGRID_API_KEY"],
  [
    "a key with a line break",
    { apiKey: `${KEY}\n` },
    "apiKey must be the key alone: it contains a space or a line break, or is empty",
  ],
  [
    "what is no key",
    { apiKey: "hunter22" },
    'apiKey does not look like a SendGrid API key: those begin with "SG."',
  ],
  [
    "an unknown region",
    { apiKey: KEY, region: "us" },
    'region must be one of "global", "eu", not the string "us"',
  ],
  [
    "a base URL that is none",
    { apiKey: KEY, baseUrl: "api.sendgrid.com" },
    "baseUrl must be a URL that begins with https:// (or http:// on this machine)",
  ],
  [
    "a base URL without encryption",
    { apiKey: KEY, baseUrl: "http://api.sendgrid.com" },
    `baseUrl "http://api.sendgrid.com" ${onlyHttps}`,
  ],
  [
    "a base URL that only begins like this machine",
    { apiKey: KEY, baseUrl: "http://127.0.0.1.example" },
    `baseUrl "http://127.0.0.1.example" ${onlyHttps}`,
  ],
  [
    "an unknown setting",
    { apiKey: KEY, apikey: "x" },
    "apikey is no property of this provider; did you mean apiKey?",
  ],
])("refuses %s, without showing the key", async (_, settings, reason) => {
  const client = await start();
  const { failures } = await client.checkConfig(settings);
  expect(failures.map((failure) => `${failure.property} ${failure.reason}`)).toEqual([reason]);
});

it.each(["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80"])(
  "takes %s, which is this machine",
  async (baseUrl) => {
    const client = await start();
    expect((await client.checkConfig({ apiKey: KEY, baseUrl })).failures).toEqual([]);
  },
);

it("replaces nothing when the key, the region or the address changes", async () => {
  const client = await start();
  const after = { apiKey: secret("SG.new"), region: "eu", baseUrl: "https://proxy.example" };
  expect(await client.diffConfig({ apiKey: secret(KEY), region: "global" }, after)).toMatchObject({
    replaces: [],
    detailed: { apiKey: "update", region: "update", baseUrl: "add" },
  });
});

it("acts on behalf of a subuser", async () => {
  const open = await openAccount({ subusers: ["branch"], settings: { onBehalfOf: "branch" } });
  await open.create(API_KEY, { name: "theirs", scopes: ["mail.send"] });
  expect(open.account.keys.list("branch")).toMatchObject([{ name: "theirs" }]);
  await open.close();
});
