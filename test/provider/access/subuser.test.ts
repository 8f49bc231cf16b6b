import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { secret } from "../../kit/client";
import { type OpenAccount, openAccount } from "../sendgrid";

const TOKEN = "sendgrid:index:Subuser";
const TEAM = {
  username: "orders",
  email: "orders@example.com",
  password: "correct horse 1",
  ips: ["192.0.2.10"],
};

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const inAccount = () => open.account.subusers.find("orders");
const inAccountSurely = () => {
  const found = inAccount();
  if (found === undefined) throw new Error("the account has no subuser orders");
  return found;
};
/** Creates the subuser and answers a function that updates it. */
const created = async () => {
  const { id, inputs, properties } = await open.create(TOKEN, TEAM);
  const update = async (change: Record<string, unknown>) =>
    await open.client.update(TOKEN, id, { inputs, state: properties }, { ...inputs, ...change });
  return { id, inputs, properties, update };
};

describe("the check", () => {
  it.each([
    [{ username: "a b" }, "username", /must be of ASCII characters without space/],
    [{ username: "a/b" }, "username", /must be of ASCII characters without space/],
    [{ username: "büro" }, "username", /must be of ASCII characters without space/],
    [{ username: ".." }, "username", /must be of ASCII characters without space/],
    [{ email: "orders" }, "email", /must be an email address/],
    [{ email: `${"x".repeat(250)}@example.com` }, "email", /.*/],
    [{ ips: [] }, "ips", /must name at least one address/],
    [{ ips: ["192.0.2.10", "192.0.2.10"] }, "ips", /must not name an address twice/],
    [{ region: "us" }, "region", /.*/],
  ])("refuses %o", async (change, property, reason) => {
    const { failures } = await open.client.check(TOKEN, { ...TEAM, ...change });
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  it.each(["short 1", "only letters", "1234 5678"])(
    "refuses a password without showing it",
    async (password) => {
      const { failures } = await open.client.check(TOKEN, { ...TEAM, password });
      expect(failures).toMatchObject([{ property: "password" }]);
      expect(JSON.stringify(failures)).not.toContain(password);
    },
  );
});

it("can act for itself as soon as it is there, and no more once it is deleted", async () => {
  const { id, inputs } = await created();
  const asIt = () =>
    fetch(`${open.api.url}/v3/user/username`, {
      headers: { authorization: `Bearer ${open.adminKey}`, "on-behalf-of": "orders" },
    });
  expect(await (await asIt()).json()).toMatchObject({ username: "orders" });
  await open.client.delete(TOKEN, id, inputs);
  await open.client.delete(TOKEN, id, inputs);
  expect((await asIt()).status).toBe(403);
});

describe("a diff", () => {
  it.each([
    ["username", { username: "other" }, true],
    ["region", { region: "eu" }, true],
    ["email", { email: "other@example.com" }, false],
    ["password", { password: "another horse 2" }, false],
    ["websiteAccess", { websiteAccess: false }, false],
  ])("for another %s says whether everything that it has is lost", async (property, change, replaces) => {
    const inputs = { ...TEAM, region: "global", websiteAccess: true, disabled: false };
    const diff = await open.client.diff(TOKEN, inputs, { ...inputs, ...change });
    expect(diff.replaces).toEqual(replaces ? [property] : []);
    expect(diff.changes).toBe(true);
  });
});

describe("an update", () => {
  it("changes email, addresses, password and website access in place", async () => {
    const { id, update } = await created();
    const { id: number } = inAccountSurely();
    const change = {
      email: "new@example.com",
      password: "another horse 2",
      ips: ["192.0.2.11", "192.0.2.12"],
      websiteAccess: false,
      disabled: true,
    };
    await update(change);
    expect(id).toBe("orders");
    expect(inAccount()).toMatchObject({ id: number, ...change });
  });

  it("leaves alone what is right, but for website access, which nothing tells", async () => {
    const { update } = await created();
    const before = open.requests().length;
    await update({});
    expect(
      open
        .requests()
        .slice(before)
        .filter((request) => !request.startsWith("GET")),
    ).toEqual(["PATCH /v3/subusers/orders/website_access"]);
  });

  it("starts one that is stopped before anything is done on its behalf", async () => {
    const { update } = await created();
    await update({ disabled: true });
    const before = open.requests().length;
    await update({ email: "new@example.com" });
    expect(
      open
        .requests()
        .slice(before)
        .filter((request) => /^(PATCH|PUT)/.test(request)),
    ).toEqual([
      "PATCH /v3/subusers/orders",
      "PUT /v3/user/email",
      "PATCH /v3/subusers/orders/website_access",
    ]);
  });

  it("knows the new password where the answer to its change was lost", async () => {
    const { update } = await created();
    open.api.faults.next({ method: "PUT", path: "/v3/user/password", reset: "after" });
    await update({ password: "another horse 2" });
    // A run that broke off right after the change leaves the old one in the state.
    await update({ password: "another horse 2" });
    expect(inAccount()).toMatchObject({ password: "another horse 2" });
  });

  it("is refused where the password in the state is not the one that it has, and shows neither", async () => {
    const { update } = await created();
    inAccountSurely().password = "changed elsewhere 3";
    const failure = await update({ password: "another horse 2" }).catch(String);
    expect(failure).toMatch(/Could not change the password of the subuser orders\. .* answered 400/);
    expect(failure).not.toMatch(/horse|elsewhere/);
  });
});

describe("a refresh", () => {
  it("changes nothing right after the create", async () => {
    const { id, inputs, properties } = await created();
    expect(properties.password).toEqual(secret(TEAM.password));
    expect(await open.client.read(TOKEN, id, inputs, properties)).toEqual({ id, inputs, properties });
  });

  it("shows what somebody changed, and that it is gone", async () => {
    const { id, inputs, properties } = await created();
    Object.assign(inAccountSurely(), { email: "new@example.com", disabled: true, ips: ["192.0.2.12"] });
    expect((await open.client.read(TOKEN, id, inputs, properties)).inputs).toMatchObject({
      email: "new@example.com",
      disabled: true,
      ips: ["192.0.2.12"],
    });
    open.account.subusers.delete("orders");
    expect((await open.client.read(TOKEN, id, inputs, properties)).id).toBe("");
  });

  it("keeps the region where the API does not tell it", async () => {
    const { id, inputs, properties } = await created();
    const body = [{ id: 4_711_472, username: "orders", email: TEAM.email, disabled: false }];
    open.api.faults.next({ path: "/v3/subusers", status: 200, body });
    expect((await open.client.read(TOKEN, id, inputs, properties)).inputs).toEqual(inputs);
  });
});

it("takes one over by its name, and is not deceived by names that only begin so", async () => {
  const region = "global" as const;
  open.account.subusers.add({ ...TEAM, username: "orders-2", region });
  await open.create(TOKEN, TEAM);
  open.account.subusers.delete("orders");
  open.account.subusers.add({ ...TEAM, email: "old@example.com", password: "old horse 0", region });
  await expect(open.create(TOKEN, TEAM)).rejects.toThrow(
    'Subuser with username "orders" exists already, with the id orders.',
  );
  await open.create(TOKEN, { ...TEAM, adopt: true });
  expect(inAccount()).toMatchObject({ email: TEAM.email, password: "old horse 0" });
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", reset: "after" });
  await open.create(TOKEN, { ...TEAM, disabled: true });
  expect(open.account.subusers.all()).toMatchObject([{ ...TEAM, disabled: true }]);
});

it("that was made but not stopped is finished by the next update", async () => {
  open.api.faults.next({ method: "PATCH", path: "/v3/subusers/orders", status: 403 });
  const { inputs } = await open.client.check(TOKEN, { ...TEAM, disabled: true, websiteAccess: false });
  await expect(open.client.create(TOKEN, inputs)).rejects.toThrow("Could not change the subuser orders.");
  expect(inAccount()).toMatchObject({ disabled: false, websiteAccess: false });
  await open.client.update(TOKEN, "orders", { inputs, state: inputs }, inputs);
  expect(inAccount()).toMatchObject({ disabled: true, websiteAccess: false });
});

it("is refused with what else a 403 can mean", async () => {
  open.api.faults.forbid("subusers.create");
  await expect(open.create(TOKEN, TEAM)).rejects.toThrow(
    /Give the API key the scope subusers\.create\. Subusers take a Pro or Premier plan/,
  );
});
