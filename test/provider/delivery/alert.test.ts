import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type OpenAccount, openAccount } from "../sendgrid";

const TOKEN = "sendgrid:index:Alert";
const USAGE = { type: "usage_limit", emailTo: "ops@example.com", percentage: 80 };

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

const call = async (method: string, path = "", body?: unknown) => {
  const headers = { authorization: `Bearer ${open.adminKey}`, "content-type": "application/json" };
  const answer = await fetch(`${open.api.url}/v3/alerts${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return answer.status === 204 ? undefined : await answer.json();
};
const alerts = async () =>
  z.array(z.looseObject({ id: z.number(), percentage: z.number().optional() })).parse(await call("GET"));
const reasonsFor = async (inputs: Record<string, unknown>) =>
  Object.fromEntries(
    (await open.client.check(TOKEN, inputs)).failures.map(({ property, reason }) => [property, reason]),
  );

describe("the check", () => {
  it.each([
    [{ ...USAGE, percentage: 0 }, "percentage", /.*/],
    [{ ...USAGE, percentage: 101 }, "percentage", /.*/],
    [{ ...USAGE, emailTo: "ops" }, "emailTo", /must be an e-mail address/],
    [{ type: "usage_limit", emailTo: "ops@example.com" }, "percentage", /^is missing: .* e\.g\. 90$/],
    [
      { type: "stats_notification", emailTo: "ops@example.com" },
      "frequency",
      /^is missing: .* e\.g\. daily$/,
    ],
    [{ ...USAGE, frequency: "daily" }, "frequency", /^is for stats_notification: leave it out/],
    [{ ...USAGE, type: "stats_notification", frequency: "daily" }, "percentage", /^is for usage_limit/],
  ])("refuses %o", async (inputs, property, reason) => {
    expect(await reasonsFor(inputs)).toEqual({ [property]: expect.stringMatching(reason) });
  });
});

describe("a diff", () => {
  it("replaces for another type, which the API can't change, and updates otherwise", async () => {
    const stats = { type: "stats_notification", emailTo: "ops@example.com", frequency: "daily" };
    expect((await open.client.diff(TOKEN, USAGE, stats)).replaces).toEqual(["type"]);
    expect(await open.client.diff(TOKEN, USAGE, { ...USAGE, percentage: 90 })).toMatchObject({
      detailed: { percentage: "update" },
      replaces: [],
    });
  });
});

it("shows in a refresh what somebody changed, and that it is gone", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, USAGE);
  await call("PATCH", `/${id}`, { percentage: 95 });
  expect((await open.client.read(TOKEN, id, inputs, properties)).inputs).toMatchObject({ percentage: 95 });
  await call("DELETE", `/${id}`);
  expect((await open.client.read(TOKEN, id, inputs, properties)).id).toBe("");
});

it("is made beside alerts that this provider could not describe", async () => {
  const body = [
    { id: 1, type: "usage_limit", email_to: null, percentage: 80, created_at: 1 },
    { id: 2, type: "something new", email_to: "ops@example.com", frequency: "hourly", created_at: 1 },
  ];
  open.api.faults.next({ method: "GET", path: "/v3/alerts", status: 200, body });
  await open.create(TOKEN, USAGE);
  expect(await alerts()).toHaveLength(1);
});

it("shows in a refresh that it names nobody any more", async () => {
  const { id, inputs, properties } = await open.create(TOKEN, USAGE);
  const body = [{ id: Number(id), type: "usage_limit", email_to: null, percentage: 80, created_at: 1 }];
  open.api.faults.next({ method: "GET", path: `/v3/alerts/${id}`, status: 200, body: body[0] });
  open.api.faults.next({ method: "GET", path: "/v3/alerts", status: 200, body });
  expect((await open.client.read(TOKEN, id, inputs, properties)).inputs).not.toHaveProperty("emailTo");
});

describe("a create without an answer", () => {
  it("is repeated where no alert was made, though one like it was there before", async () => {
    await open.create(TOKEN, USAGE);
    open.api.faults.next({ method: "POST", reset: "before" });
    await open.create(TOKEN, USAGE);
    expect(await alerts()).toHaveLength(2);
  });

  it("takes the alert that was made, and makes no second one", async () => {
    const before = await open.create(TOKEN, USAGE);
    open.api.faults.next({ method: "POST", reset: "after" });
    const { id } = await open.create(TOKEN, USAGE);
    expect((await alerts()).map((each) => String(each.id))).toEqual([before.id, id]);
  });

  it("takes none that was made meanwhile with another value", async () => {
    open.api.faults.next({ method: "POST", reset: "before" });
    const [lost, other] = await Promise.all([
      open.create(TOKEN, USAGE),
      open.create(TOKEN, { ...USAGE, percentage: 90 }),
    ]);
    expect(lost.id).not.toBe(other.id);
    expect((await alerts()).map(({ percentage }) => percentage).sort()).toEqual([80, 90]);
  });

  it("names the ids where several like it were made meanwhile", async () => {
    const like = { type: USAGE.type, email_to: USAGE.emailTo, percentage: USAGE.percentage };
    const body = [41, 42].map((id) => ({ ...like, id, created_at: 1, updated_at: 1 }));
    open.api.faults.next({ method: "POST", reset: "before" });
    open.api.faults.next({ method: "GET", path: "/v3/alerts", status: 200, body, skip: 1 });
    await expect(open.create(TOKEN, USAGE)).rejects.toThrow(
      "Several alerts like this one were made meanwhile, with the ids 41, 42: delete those that no program has",
    );
  });
});
