import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";
import { request } from "./request";

const SEND = "sendgrid:index:SingleSend";
const PATH = "/v3/marketing/singlesends";
const LIST = "6c1e0f3a-5a76-4a6f-9a3c-8c1f3bb5a002";
const DESIGN = "6c1e0f3a-5a76-4a6f-9a3c-8c1f3bb5a001";
let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const DRAFT = { name: "January", subject: "News", htmlContent: "<p>Hello</p>" };
/** What the account answers to the next look at the draft once somebody has sent it. */
const sent = (id: string) =>
  open.api.faults.next({
    method: "GET",
    path: `/v3/marketing/singlesends/${id}`,
    status: 200,
    body: { id, name: "January", status: "triggered", email_config: {} },
  });

it("is a draft, and nothing schedules or sends it", async () => {
  const { id, inputs, properties } = await open.create(SEND, DRAFT);
  expect(properties.status).toBe("draft");
  await open.client.update(SEND, id, { inputs, state: properties }, { ...inputs, subject: "More news" });
  expect(open.requests().filter((each) => /schedule/.test(each))).toEqual([]);
});

describe("once it was sent", () => {
  it("says so after a refresh", async () => {
    const { id, inputs, properties } = await open.create(SEND, DRAFT);
    sent(id);
    expect((await open.client.read(SEND, id, inputs, properties)).properties.status).toBe("triggered");
  });

  it("is not changed any more", async () => {
    const { id, inputs, properties } = await open.create(SEND, DRAFT);
    sent(id);
    await expect(
      open.client.update(SEND, id, { inputs, state: properties }, { ...inputs, subject: "More news" }),
    ).rejects.toThrow('The single send "January" is triggered and can\'t be changed any more.');
  });
});

it("is never replaced: somebody may have chosen a design and recipients in the console, and sent it", async () => {
  const { id, inputs, properties } = await open.create(SEND, DRAFT);
  await request(open, "PATCH", `${PATH}/${id}`, {
    send_to: { list_ids: [LIST], all: true },
    email_config: { design_id: DESIGN },
  });
  const read = await open.client.read(SEND, id, inputs, properties);
  // The design hides what the program says.
  expect(read.inputs).toMatchObject({ listIds: [LIST], allContacts: true });
  expect(read.inputs).not.toHaveProperty("htmlContent");
  expect(await open.client.diff(SEND, read.inputs, inputs)).toMatchObject({ changes: true, replaces: [] });
  const state = { inputs: read.inputs, state: read.properties };
  await expect(open.client.update(SEND, id, state, inputs)).rejects.toThrow(
    "left listIds, designId as it was",
  );
});

it("keeps what was set in the console and the program does not say", async () => {
  const { id, inputs, properties } = await open.create(SEND, DRAFT);
  await request(open, "PATCH", `${PATH}/${id}`, { email_config: { sender_id: 7, suppression_group_id: 8 } });
  await open.client.update(SEND, id, { inputs, state: properties }, { ...inputs, name: "February" });
  expect((await open.client.read(SEND, id)).inputs).toMatchObject({
    name: "February",
    senderId: "7",
    suppressionGroupId: "8",
  });
});

it("says what SendGrid does not empty", async () => {
  const given = { ...DRAFT, categories: ["news"] };
  const { id, inputs, properties } = await open.create(SEND, given);
  const { subject, ...without } = inputs;
  const after = { ...without, categories: [], name: "January 2027" };
  await expect(open.client.update(SEND, id, { inputs, state: properties }, after)).rejects.toThrow(
    'SendGrid has changed the single send "January 2027" but left categories, subject as it was: it does not take that away.',
  );
  const cleared = { subject: "", categories: [], send_to: {} };
  const found = Object(await request(open, "GET", `${PATH}/${id}`));
  const body = { ...found, ...cleared, email_config: { ...found.email_config, subject: "" } };
  open.api.faults.next({ method: "GET", path: `${PATH}/${id}`, status: 200, body, times: 2 });
  expect(await open.client.update(SEND, id, { inputs, state: properties }, after)).toMatchObject(after);
});

it("is taken over by its name with adopt, and refused without", async () => {
  await request(open, "POST", PATH, { name: "January" });
  await expect(open.create(SEND, DRAFT)).rejects.toThrow(/SingleSend with name "January" exists already/);
  const { id } = await open.create(SEND, { ...DRAFT, adopt: true });
  expect((await open.client.read(SEND, id)).inputs).toMatchObject(DRAFT);
});

it("is made once where the answer was lost", async () => {
  open.api.faults.next({ method: "POST", path: PATH, reset: "after" });
  await open.create(SEND, DRAFT);
  expect(await request(open, "GET", PATH)).toMatchObject({ _metadata: { count: 1 } });
});

it("is gone already, which is as good as deleted", async () => {
  const { id, inputs, properties } = await open.create(SEND, DRAFT);
  await request(open, "DELETE", `${PATH}/${id}`);
  expect((await open.client.read(SEND, id, inputs, properties)).id).toBe("");
  await open.client.delete(SEND, id, inputs, properties);
});

it("is emptied of what the program takes away", async () => {
  const { id, inputs, properties } = await open.create(SEND, { ...DRAFT, suppressionGroupId: "7" });
  const { suppressionGroupId, ...without } = inputs;
  await open.client.update(SEND, id, { inputs, state: properties }, without);
  expect((await open.client.read(SEND, id)).inputs).not.toHaveProperty("suppressionGroupId");
});

it.each([
  [
    "a design and content of its own",
    { designId: "6c1e0f3a-5a76-4a6f-9a3c-8c1f3bb5a001" },
    "designId stands for subject and content: leave subject, htmlContent and plainContent out",
  ],
  [
    "two places to unsubscribe",
    { customUnsubscribeUrl: "https://example.com/u", suppressionGroupId: "7" },
    "customUnsubscribeUrl and suppressionGroupId exclude each other: recipients unsubscribe in one place",
  ],
  [
    "a list's name instead of its id",
    { listIds: ["customers"] },
    "listIds[0] must be the id of a contact list",
  ],
  ["a category twice", { categories: ["news", "news"] }, "categories names a category twice"],
])("is refused with %s", async (_, more, fault) => {
  const { failures } = await open.client.check(SEND, { ...DRAFT, ...more });
  expect(failures.map(({ property, reason }) => `${property} ${reason}`)).toEqual([fault]);
});
