import { afterEach, beforeEach, expect, it } from "vitest";
import { SendGridApi } from "../../../providers/sendgrid/api/api";
import { Segment } from "../../../providers/sendgrid/marketing/segment";
import { type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const TOKEN = "sendgrid:index:Segment";
const PATH = "/v3/marketing/segments/2.0";
const LIST = "6c1e0f3a-5a76-4a6f-9a3c-8c1f3bb5a002";
const TOWN = {
  name: "Springfield",
  queryDsl: "SELECT contact_id, updated_at FROM contact_data WHERE city = 'Springfield'",
};

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

it("is changed in place, but replaced by another parent list, the old one first", async () => {
  const { inputs } = await open.create(TOKEN, TOWN);
  expect(inputs).toEqual({ ...TOWN, parentListIds: [] });
  const changed = await open.client.diff(TOKEN, inputs, { ...inputs, queryDsl: `${TOWN.queryDsl} LIMIT 1` });
  expect(changed).toMatchObject({ changes: true, replaces: [] });
  const moved = await open.client.diff(TOKEN, inputs, { ...inputs, parentListIds: [LIST] });
  expect(moved).toMatchObject({ replaces: ["parentListIds"], deleteBeforeReplace: true });
});

it("shows what was changed in the console, and never asks for contacts", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, { ...TOWN, parentListIds: [LIST] });
  await request(open, "PATCH", `${PATH}/${id}`, { name: "Town" });
  const read = await open.client.read(TOKEN, id, inputs, properties);
  expect(read.inputs).toEqual({ ...inputs, name: "Town" });
  const asked = open.api.exchanges().find(({ method, path }) => method === "GET" && path === `${PATH}/${id}`);
  expect(asked?.query).toEqual({ contacts_sample: "false" });
});

it("is refused where the name has one, and taken over with adopt", async () => {
  await request(open, "POST", PATH, { name: TOWN.name, query_dsl: "SELECT contact_id, updated_at FROM old" });
  await expect(open.create(TOKEN, TOWN)).rejects.toThrow(/Segment with name "Springfield" exists already/);
  const { id } = await open.create(TOKEN, { ...TOWN, adopt: true });
  expect(await request(open, "GET", `${PATH}/${id}`)).toMatchObject({ query_dsl: TOWN.queryDsl });
});

it("can't take over a segment of another list", async () => {
  await request(open, "POST", PATH, { name: TOWN.name, query_dsl: TOWN.queryDsl, parent_list_ids: [LIST] });
  await expect(open.create(TOKEN, { ...TOWN, adopt: true })).rejects.toThrow(
    /can't be taken over: parentListIds \(it is \["6c1e/,
  );
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  await open.create(TOKEN, TOWN);
  expect(await request(open, "GET", PATH)).toMatchObject({ results: [{ name: TOWN.name }] });
});

it("warns in a refresh of a query that SendGrid can't run", async () => {
  const { id } = await open.create(TOKEN, TOWN);
  const found = Object(await request(open, "GET", `${PATH}/${id}`));
  const status = { query_validation: "INVALID", error_message: "no such column: town" };
  open.api.faults.next({ method: "GET", status: 200, body: { ...found, status } });
  const warnings: string[] = [];
  const log = { progress() {}, info() {}, warn: (text: string) => void warnings.push(text) };
  const session = new SendGridApi({ apiKey: open.adminKey, baseUrl: open.api.url });
  const { signal } = new AbortController();
  await Segment.read({ id, inputs: undefined, state: {}, session, log, signal, urn: "a::b::c::it" });
  expect(warnings).toEqual([
    'SendGrid can\'t run the query of the segment "Springfield", and it gets no contacts: no such column: town. Correct queryDsl.',
  ]);
});

it.each<[Record<string, unknown>, string, string]>([
  [
    { parentListIds: [LIST, LIST] },
    "parentListIds",
    "must have at most one list: SendGrid does not take more yet",
  ],
  [{ parentListIds: ["Customers"] }, "parentListIds[0]", "must be the id of a contact list"],
])("is checked: %o", async (change, property, reason) => {
  const { failures } = await open.client.check(TOKEN, { ...TOWN, ...change });
  expect(failures).toEqual([{ property, reason }]);
});
