import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenAccount, openAccount } from "../sendgrid";

const SEND = "sendgrid:index:SingleSend";
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
  expect(open.requests().filter((request) => /schedule/.test(request))).toEqual([]);
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
