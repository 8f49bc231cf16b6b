import { status } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { CHECKED, openBookshop, PASSWORD } from "./bookshop";
import { secret, UNKNOWN } from "./client";

let open: Awaited<ReturnType<typeof openBookshop>>;
const start = async (environment?: Record<string, string>) => {
  open = await openBookshop(environment);
  return open.client;
};
afterEach(() => open.close());

describe("a provider's settings", () => {
  it("are completed and kept as text, secrets as secrets", async () => {
    const client = await start();
    expect(await client.checkConfig({ password: PASSWORD })).toEqual({
      inputs: { password: secret(PASSWORD), retries: "3" },
      failures: [],
    });
  });

  it("can come from the environment", async () => {
    const client = await start({ SHOP_PASSWORD: PASSWORD });
    expect((await client.checkConfig({})).inputs.password).toEqual(secret(PASSWORD));
  });

  it("come from the program before the environment", async () => {
    const client = await start({ SHOP_PASSWORD: "other" });
    expect((await client.checkConfig({ password: PASSWORD })).inputs.password).toEqual(secret(PASSWORD));
  });

  it("that are no text arrive as JSON", async () => {
    const client = await start();
    expect((await client.checkConfig({ password: PASSWORD, retries: "5" })).failures).toEqual([]);
  });

  it("are all checked at once", async () => {
    const client = await start();
    expect((await client.checkConfig({ retries: "many", cty: "x" })).failures).toEqual([
      { property: "password", reason: "is missing: set it, or the environment variable SHOP_PASSWORD" },
      { property: "retries", reason: 'must be a number, not the string "many"' },
      { property: "cty", reason: "is no property of this provider; did you mean city?" },
    ]);
  });

  it("leave alone what belongs to the engine", async () => {
    const client = await start();
    const given = { password: PASSWORD, version: "1.2.3", __internal: { pluginDownloadURL: "x" } };
    const checked = await client.checkConfig(given);
    expect(checked).toMatchObject({
      inputs: { version: "1.2.3", __internal: { pluginDownloadURL: "x" } },
      failures: [],
    });
  });

  it.each([
    ["the password", { password: "new" }, { detailed: { password: "update" }, replaces: [] }],
    [
      "what the definition lets replace",
      { city: "Ulm" },
      { detailed: { city: "add-replace" }, replaces: ["city"] },
    ],
    ["nothing", { retries: 3 }, { changes: false }],
  ])("make a diff: %s", async (_, change, expected) => {
    const client = await start();
    const before = { password: secret(PASSWORD), retries: "3" };
    expect(await client.diffConfig(before, { ...before, ...change })).toMatchObject(expected);
  });

  it("stop the run when they are wrong", async () => {
    const client = await start();
    await expect(client.configure({})).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it("that are not known yet allow a preview", async () => {
    const client = await start();
    await client.configure({ password: secret(UNKNOWN) });
    expect((await client.create("shop:index:Book", CHECKED, { preview: true })).properties.title).toBe(
      "Pragmatic",
    );
  });

  it("that are not known yet allow nothing else", async () => {
    const client = await start();
    await client.configure({ password: secret(UNKNOWN) });
    await expect(client.create("shop:index:Book", CHECKED)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: "the shop provider is not connected: one of its settings is not known yet",
    });
  });

  it("appear in no message when they are secret", async () => {
    const client = await start();
    const shop = await open.shop();
    shop.fault = new Error(`wrong password ${PASSWORD}`);
    await expect(client.create("shop:index:Book", CHECKED)).rejects.toThrow("wrong password [secret]");
  });
});

it("a secret from the environment appears in no message", async () => {
  const client = await start({ SHOP_PASSWORD: PASSWORD });
  await client.configure({});
  const shop = open.connected.shop;
  if (shop) shop.fault = new Error(`wrong password ${PASSWORD}`);
  await expect(client.create("shop:index:Book", CHECKED)).rejects.toThrow("wrong password [secret]");
});

it("reports the provider's version", async () => {
  expect(await (await start()).version()).toBe("1.2.3");
});
