import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";
import { invoker } from "./invoke";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount({ subusers: ["team"] });
});
afterEach(() => open.close());
const invoke = invoker(() => open);

const CREDITS = "/v3/user/credits";

describe("getAccount", () => {
  it("tells who the account is and what is left of its plan", async () => {
    expect(await invoke("getAccount")).toEqual({
      userId: "4711471",
      username: "sandbox",
      email: "sandbox@example.com",
      type: "paid",
      reputation: 100,
      credits: {
        total: 100_000,
        used: 0,
        remain: 100_000,
        overage: 0,
        lastReset: expect.stringMatching(/^\d{4}-\d\d-01$/),
        nextReset: expect.stringMatching(/^\d{4}-\d\d-01$/),
        resetFrequency: "monthly",
      },
    });
  });

  it("tells it of the subuser that the provider acts for", async () => {
    await open.close();
    open = await openAccount({ subusers: ["team"], settings: { onBehalfOf: "team" } });
    expect(await invoke("getAccount")).toMatchObject({ userId: "4711472", username: "team" });
  });

  it("leaves out the credits of a plan that has none, and days on which they are not renewed", async () => {
    open.api.faults.next({ path: CREDITS, status: 404 });
    expect(await invoke("getAccount")).not.toHaveProperty("credits");
    const counts = { total: 100, used: 1, remain: 99, overage: 0 };
    const body = { ...counts, last_reset: "2026-01-01", next_reset: null, reset_frequency: "" };
    open.api.faults.next({ path: CREDITS, status: 200, body });
    expect(await invoke("getAccount")).toMatchObject({ credits: { ...counts, lastReset: "2026-01-01" } });
  });

  it("names the scope that is missing", async () => {
    open.api.faults.forbid("user.credits.read");
    await expect(invoke("getAccount")).rejects.toThrow(
      /^.*Could not read the account's credits\..* Give the API key the scope user\.credits\.read\./,
    );
  });
});

describe("getScopes", () => {
  it("lists what the key in use may do, in alphabetical order", async () => {
    const scopes = ["whitelabel.read", "mail.send"];
    open.api.faults.next({ path: "/v3/scopes", status: 200, body: { scopes } });
    expect(await invoke("getScopes")).toEqual({ scopes: ["mail.send", "whitelabel.read"] });
    expect(await invoke("getScopes")).toEqual({ scopes: expect.arrayContaining(["stats.read"]) });
  });

  it("says what a refusal can mean", async () => {
    open.api.faults.next({ path: "/v3/scopes", status: 403 });
    await expect(invoke("getScopes")).rejects.toThrow(
      "Give the API key the scope mail.send: any one will do. With sendgrid:onBehalfOf, the account also needs to have that subuser or customer account.",
    );
  });
});
