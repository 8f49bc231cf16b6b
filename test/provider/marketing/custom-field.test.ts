import { afterEach, beforeEach, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const TOKEN = "sendgrid:index:CustomField";
const PATH = "/v3/marketing/field_definitions";
const ORDERS = { name: "orders", fieldType: "Number" };

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const fields = async () => Object(await request(open, "GET", PATH)).custom_fields;

it("is renamed in place, also to another letter case, and replaced by another type", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, ORDERS);
  expect(properties).toEqual({ ...ORDERS, fieldId: id });
  const renamed = { ...ORDERS, name: "Orders" };
  await open.client.update(TOKEN, id, { inputs, state: properties }, renamed);
  expect(await fields()).toEqual([{ id, name: "Orders", field_type: "Number" }]);
  const retyped = await open.client.diff(TOKEN, inputs, { ...ORDERS, fieldType: "Text" });
  // Two fields can't have the name at a time.
  expect(retyped).toMatchObject({ replaces: ["fieldType"], deleteBeforeReplace: true });
});

it("shows a name that was changed in the console, and that it is gone", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, ORDERS);
  await request(open, "PATCH", `${PATH}/${id}`, { name: "purchases" });
  expect((await open.client.read(TOKEN, id, inputs, properties)).inputs).toMatchObject({ name: "purchases" });
  await request(open, "DELETE", `${PATH}/${id}`);
  expect((await open.client.read(TOKEN, id, inputs, properties)).id).toBe("");
  await open.client.delete(TOKEN, id, inputs, properties);
});

it("is refused where the name exists in any letter case, and taken over with adopt", async () => {
  await request(open, "POST", PATH, { name: "Orders", field_type: "Number" });
  await expect(open.create(TOKEN, ORDERS)).rejects.toThrow(/exists already, with the id e1_N/);
  const { id } = await open.create(TOKEN, { ...ORDERS, adopt: true });
  expect(await fields()).toEqual([{ id, name: "orders", field_type: "Number" }]);
});

it("can't take over a field of another type", async () => {
  await request(open, "POST", PATH, { name: "orders", field_type: "Text" });
  await expect(open.create(TOKEN, { ...ORDERS, adopt: true })).rejects.toThrow(
    /can't be taken over: fieldType \(it is "Text", not "Number"\) can't be changed/,
  );
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  await open.create(TOKEN, ORDERS);
  expect(await fields()).toHaveLength(1);
});

it("is read with one list for many", async () => {
  const made = [];
  for (let count = 0; count < 8; count++)
    made.push(await open.create(TOKEN, { ...ORDERS, name: `orders_${count}` }));
  const before = open.requests().length;
  const read = made.map(({ id, inputs, properties }) => open.client.read(TOKEN, id, inputs, properties));
  expect((await Promise.all(read)).map(({ id }) => id)).toEqual(made.map(({ id }) => id));
  expect(open.requests().slice(before)).toEqual([`GET ${PATH}`]);
});

it.each([
  ["2nd_order", "must begin with a letter or an underscore"],
  ["last order", "must have letters, digits and underscores only"],
  ["größe", "must have letters, digits and underscores only"],
  ["First_Name", "is the name of a field that every contact has: choose another"],
])("is checked: %s", async (name, reason) => {
  const { failures } = await open.client.check(TOKEN, { ...ORDERS, name });
  expect(failures).toEqual([{ property: "name", reason }]);
});

it("accepts as a name all that the account has not reserved, and nothing else", async () => {
  const { reserved_fields: reserved } = Object(await request(open, "GET", PATH));
  for (const { name } of reserved)
    expect((await open.client.check(TOKEN, { ...ORDERS, name })).failures).toHaveLength(1);
  expect((await open.client.check(TOKEN, { ...ORDERS, name: "email_2" })).failures).toEqual([]);
});
