import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount({ subusers: ["team"] });
});
afterEach(() => open.close());

const call = async (method: string, path: string, body?: unknown) =>
  await fetch(`${open.api.url}/v3/whitelabel/${path}`, {
    method,
    headers: { authorization: `Bearer ${open.adminKey}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

describe.each([
  {
    token: "sendgrid:index:LinkSubuser",
    idInput: "linkId",
    path: "links",
    from: "sendgrid:index:LinkBranding",
    validation: "sendgrid:index:LinkValidation",
    noun: "branded link",
  },
])("$token", ({ token, idInput, path, from, validation, noun }) => {
  const make = async (subdomain: string, extra = {}) =>
    (await open.create(from, { domain: "example.com", subdomain, ...extra })).id;
  const publish = async () => {
    const items: unknown = await (await call("GET", path)).json();
    for (const [, host = "", value = ""] of JSON.stringify(items).matchAll(
      /"host":"([^"]+)","data":"([^"]+)"/g,
    ))
      if (!open.zone.exists(host)) open.zone.add({ name: host, type: "CNAME", value });
  };
  const makeValid = async (subdomain: string, extra = {}) => {
    const id = await make(subdomain, extra);
    await publish();
    await open.create(validation, { [idInput]: id, timeoutSeconds: 0 });
    return id;
  };
  const lend = async (id: string, extra = {}) =>
    await open.create(token, { [idInput]: id, username: "team", ...extra });
  const lent = async () => (await call("GET", `${path}/subuser?username=team`)).status;

  it("is there for the subuser until it is deleted, and a second delete is fine", async () => {
    const made = await lend(await makeValid("em"));
    expect(made.id).toBe("team");
    expect(await lent()).toBe(200);
    await open.client.delete(token, made.id, made.inputs);
    expect(await lent()).toBe(404);
    await open.client.delete(token, made.id, made.inputs);
  });

  it("says what SendGrid says where it is not valid yet", async () => {
    const id = await make("em");
    await expect(lend(id)).rejects.toThrow(
      `Could not associate the ${noun} ${id} with the subuser team. SendGrid at ${open.api.url} answered 400: ` +
        "It must be validated first.",
    );
  });

  it("is refused where the subuser has one already, and is taken over where it is the same", async () => {
    const first = await makeValid("em");
    await lend(first);
    await expect(lend(first)).rejects.toThrow(`\`pulumi import ${token} it team\``);
    expect((await lend(first, { adopt: true })).id).toBe("team");
    await expect(lend("4711", { adopt: true })).rejects.toThrow(`can't be taken over: ${idInput}`);
  });

  it("replaces for another one, the old one first, since a subuser has one", async () => {
    const before = { [idInput]: "1", username: "team" };
    expect(await open.client.diff(token, before, { ...before, [idInput]: "2" })).toMatchObject({
      replaces: [idInput],
      deleteBeforeReplace: true,
    });
    expect(await open.client.diff(token, before, { ...before, username: "sales" })).toMatchObject({
      replaces: ["username"],
      deleteBeforeReplace: false,
    });
  });

  it("shows in a refresh that somebody else gave the subuser another, which a delete then leaves", async () => {
    const made = await lend(await makeValid("em"));
    const other = await makeValid("em2", {});
    await call("POST", `${path}/${other}/subuser`, { username: "team" });
    const { inputs } = await open.client.read(token, made.id, made.inputs, made.properties);
    expect(inputs).toMatchObject({ [idInput]: other });
    await open.client.delete(token, made.id, made.inputs);
    expect(await lent()).toBe(200);
  });

  it("is gone in a refresh where it was taken away or never was", async () => {
    const made = await lend(await makeValid("em"));
    await call("DELETE", `${path}/subuser?username=team`);
    expect((await open.client.read(token, made.id, made.inputs, made.properties)).id).toBe("");
  });

  it("takes a subuser without one for what it is where SendGrid answers an empty object", async () => {
    open.api.faults.next({ method: "GET", path: `/v3/whitelabel/${path}/subuser`, status: 200, body: {} });
    expect((await open.client.read(token, "team")).id).toBe("");
  });

  it("is imported by the subuser's name", async () => {
    const id = await makeValid("em");
    await lend(id);
    expect((await open.client.read(token, "team")).inputs).toEqual({ [idInput]: id, username: "team" });
  });

  it("names where its id comes from", async () => {
    const { failures } = await open.client.check(token, { [idInput]: "em.example.com", username: "" });
    const reasons = Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
    expect(Object.keys(reasons).sort()).toEqual([idInput, "username"].sort());
    expect(reasons[idInput]).toMatch(
      new RegExp(`^must be the number .* output ${idInput} of a \\w+Validation$`),
    );
  });
});
