import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const TOKEN = "sendgrid:index:ContactList";
const PATH = "/v3/marketing/lists";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

/** The query of the request that deleted a list. */
const deletion = () => open.api.exchanges().find(({ method }) => method === "DELETE")?.query;

describe("the deletion", () => {
  it("keeps the contacts", async () => {
    const { id, inputs } = await open.create(TOKEN, { name: "Customers" });
    await open.client.delete(TOKEN, id, inputs);
    expect(deletion()).toEqual({});
  });

  it("takes the contacts along where the program says so, which is no request before", async () => {
    const { id, inputs, properties } = await open.create(TOKEN, { name: "Customers" });
    const after = { ...inputs, deleteContacts: true };
    expect(await open.client.update(TOKEN, id, { inputs, state: properties }, after)).toMatchObject(after);
    expect(open.requests().filter((each) => each.startsWith("PATCH"))).toEqual([]);
    await open.client.delete(TOKEN, id, after);
    expect(deletion()).toEqual({ delete_contacts: "true" });
  });
});

it("shows a name that was changed in the console, and brings it back", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, { name: "Customers" });
  await request(open, "PATCH", `${PATH}/${id}`, { name: "People" });
  const read = await open.client.read(TOKEN, id, inputs, properties);
  expect(read.inputs).toEqual({ name: "People", deleteContacts: false });
  await open.client.update(TOKEN, id, { inputs: read.inputs, state: read.properties }, inputs);
  expect(await request(open, "GET", `${PATH}/${id}`)).toMatchObject({ name: "Customers" });
});

it("is found beyond the first page of lists, refused there and taken over with adopt", async () => {
  for (let count = 0; count < 101; count++) await request(open, "POST", PATH, { name: `List ${count}` });
  await expect(open.create(TOKEN, { name: "List 100" })).rejects.toThrow(/exists already, with the id /);
  const { id } = await open.create(TOKEN, { name: "List 100", adopt: true });
  expect(await request(open, "GET", `${PATH}/${id}`)).toMatchObject({ name: "List 100" });
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  const { id } = await open.create(TOKEN, { name: "Customers" });
  expect(await request(open, "GET", PATH)).toMatchObject({ result: [{ id, name: "Customers" }] });
});

it("is imported with no diff, whatever the program says of the contacts", async () => {
  const { id, inputs } = await open.create(TOKEN, { name: "Customers", deleteContacts: true });
  const imported = await open.client.read(TOKEN, id);
  expect(await open.client.diff(TOKEN, imported.inputs, inputs)).toMatchObject({ changes: false });
});

it.each(["", "x".repeat(101)])("is checked: %s", async (name) => {
  expect((await open.client.check(TOKEN, { name })).failures).toMatchObject([{ property: "name" }]);
});
