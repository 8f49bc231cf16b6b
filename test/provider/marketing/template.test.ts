import { afterEach, beforeEach, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const TOKEN = "sendgrid:index:Template";
const PATH = "/v3/templates";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

it("is dynamic where the program does not say, which SendGrid's own default is not", async () => {
  const { id } = await open.create(TOKEN, { name: "Order confirmation" });
  expect(await request(open, "GET", `${PATH}/${id}`)).toMatchObject({ generation: "dynamic" });
});

it("is renamed in place, and replaced by one of another generation, the old one first", async () => {
  const { inputs } = await open.create(TOKEN, { name: "Order confirmation" });
  const renamed = await open.client.diff(TOKEN, inputs, { ...inputs, name: "Order received" });
  expect(renamed).toMatchObject({ changes: true, replaces: [] });
  const legacy = await open.client.diff(TOKEN, inputs, { ...inputs, generation: "legacy" });
  expect(legacy).toMatchObject({ replaces: ["generation"], deleteBeforeReplace: true });
});

it("shows a name that was changed in the console, and brings it back without touching versions", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, { name: "Order confirmation" });
  await request(open, "POST", `${PATH}/${id}/versions`, { name: "first", subject: "Your order" });
  await request(open, "PATCH", `${PATH}/${id}`, { name: "Orders" });
  const read = await open.client.read(TOKEN, id, inputs, properties);
  expect(read.inputs).toEqual({ ...inputs, name: "Orders" });
  await open.client.update(TOKEN, id, { inputs: read.inputs, state: read.properties }, inputs);
  expect(await request(open, "GET", `${PATH}/${id}`)).toMatchObject({
    name: "Order confirmation",
    versions: [{ name: "first" }],
  });
});

it("is found beyond the first page and in either generation, and taken over with adopt", async () => {
  for (let count = 0; count < 201; count++) await request(open, "POST", PATH, { name: `Template ${count}` });
  const wanted = { name: "Template 200", generation: "legacy" };
  await expect(open.create(TOKEN, wanted)).rejects.toThrow(/exists already, with the id /);
  const { id } = await open.create(TOKEN, { ...wanted, adopt: true });
  expect(await request(open, "GET", `${PATH}/${id}`)).toMatchObject(wanted);
});

it("can't take over a template of the other generation", async () => {
  await request(open, "POST", PATH, { name: "Order confirmation", generation: "legacy" });
  await expect(open.create(TOKEN, { name: "Order confirmation", adopt: true })).rejects.toThrow(
    /can't be taken over: generation \(it is "legacy", not "dynamic"\) can't be changed/,
  );
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  await open.create(TOKEN, { name: "Order confirmation" });
  const all = await request(open, "GET", `${PATH}?generations=legacy,dynamic&page_size=200`);
  expect(all).toMatchObject({ result: [{ name: "Order confirmation" }], _metadata: { count: 1 } });
});

it("is gone already, which is as good as deleted", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, { name: "Order confirmation" });
  await request(open, "DELETE", `${PATH}/${id}`);
  expect((await open.client.read(TOKEN, id, inputs, properties)).id).toBe("");
  await open.client.delete(TOKEN, id, inputs, properties);
});

it.each([
  ["name", { name: "" }],
  ["name", { name: "x".repeat(101) }],
  ["generation", { name: "Order confirmation", generation: "static" }],
])("is checked: %s", async (property, given) => {
  expect((await open.client.check(TOKEN, given)).failures).toMatchObject([{ property }]);
});
