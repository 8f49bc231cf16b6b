import { afterEach, beforeEach, expect, it } from "vitest";
import { DOMAIN, type OpenAccount, openAccount, VALIDATION } from "../sendgrid";

const TOKEN = "sendgrid:index:DomainSubuser";
let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount({ subusers: ["team"] });
});
afterEach(() => open.close());

const makeValid = async (subdomain: string, customDkimSelector?: string) => {
  const { id } = await open.create(DOMAIN, { domain: "example.com", subdomain, customDkimSelector });
  open.publish();
  await open.create(VALIDATION, { domainId: id, timeoutSeconds: 0 });
  return id;
};
const lend = (domainId: string, extra = {}) => open.create(TOKEN, { domainId, username: "team", ...extra });
const remove = (domainId: string) =>
  fetch(`${open.api.url}/v3/whitelabel/domains/${domainId}/subuser?username=team`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${open.adminKey}` },
  });

it("gives a subuser several domains, each until it is deleted; a second delete is fine", async () => {
  const first = await lend(await makeValid("em"));
  const second = await lend(await makeValid("em2", "abc"));
  await open.client.delete(TOKEN, first.id, first.inputs);
  await open.client.delete(TOKEN, first.id, first.inputs);
  expect((await open.client.read(TOKEN, first.id, first.inputs, first.properties)).id).toBe("");
  expect((await open.client.read(TOKEN, second.id, second.inputs, second.properties)).id).toBe(second.id);
});

it("says what SendGrid says where the domain is not valid yet", async () => {
  const { id } = await open.create(DOMAIN, { domain: "example.com", subdomain: "em" });
  await expect(lend(id)).rejects.toThrow(
    `Could not associate the authenticated domain ${id} with the subuser team. SendGrid at ${open.api.url} answered 400: ` +
      "It must be validated first.",
  );
});

it("is refused where the subuser has the domain, and taken over with adopt: true", async () => {
  const id = await makeValid("em");
  await lend(id);
  await expect(lend(id)).rejects.toThrow(`\`pulumi import ${TOKEN} it ${id}/team\``);
  expect((await lend(id, { adopt: true })).id).toBe(`${id}/team`);
});

it("is gone in a refresh where somebody took it away", async () => {
  const made = await lend(await makeValid("em"));
  await remove(made.id.split("/")[0] ?? "");
  expect((await open.client.read(TOKEN, made.id, made.inputs, made.properties)).id).toBe("");
});

it("is found where the answer to its creation is lost, and not made twice", async () => {
  const id = await makeValid("em");
  open.api.faults.next({ method: "POST", path: /subuser:add$/, reset: "after" });
  expect((await lend(id)).id).toBe(`${id}/team`);
  expect(open.requests().filter((request) => request.endsWith("subuser:add"))).toHaveLength(1);
});

it("is imported by both ids, and says so where one is missing", async () => {
  const id = await makeValid("em");
  await lend(id);
  expect((await open.client.read(TOKEN, `${id}/team`)).inputs).toEqual({ domainId: id, username: "team" });
  await expect(open.client.read(TOKEN, "team")).rejects.toThrow(
    '"team" is no id of a domain that a subuser has: it is DOMAIN_ID/USERNAME',
  );
});
