import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { type OpenAccount, openAccount } from "../sendgrid";

const PATH = "/v3/user/webhooks/event/settings";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount();
});
afterEach(() => open.close());

async function request(method: string, path: string, body?: Record<string, unknown>) {
  const headers = { authorization: `Bearer ${open.adminKey}` };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(`${open.api.url}${path}`, init);
  return { status: answer.status, body: z.looseObject({}).parse(await answer.json()) };
}

const add = (number: number) => request("POST", PATH, { url: `https://example.com/${number}` });

it("takes the oldest webhook where a request names none", async () => {
  const { body: oldest } = await add(1);
  await add(2);
  expect((await request("GET", PATH)).body.id).toBe(oldest.id);
  const url = "https://example.com/3";
  expect((await request("PATCH", PATH, { url })).body).toMatchObject({ id: oldest.id, url });
  const { body: signed } = await request("PATCH", `${PATH}/signed`, { enabled: true });
  expect(signed.id).toBe(oldest.id);
  expect((await request("GET", `${PATH}/signed`)).body).toEqual(signed);
});

it("has no webhook to take where there is none", async () => {
  expect((await request("GET", PATH)).status).toBe(404);
});

it("refuses an address that another webhook has, and names that one", async () => {
  const { body: first } = await add(1);
  const { body: second } = await add(2);
  const url = "https://example.com/1";
  const message = `Webhook at '${url}' already exists. Please provide a unique URL.`;
  const refused = { status: 400, body: { errors: [{ id: first.id, message, url }] } };
  expect(await add(1)).toEqual(refused);
  expect(await request("PATCH", `${PATH}/${second.id}`, { url })).toEqual(refused);
});

it("has a limit of webhooks, which the provider's message names", async () => {
  for (const number of [1, 2, 3, 4, 5]) expect((await add(number)).status).toBe(201);
  expect((await request("GET", `${PATH}/all`)).body.max_allowed).toBe(5);
  const sixth = { url: "https://example.com/6", events: ["bounce"] };
  await expect(open.create("sendgrid:index:EventWebhook", sixth)).rejects.toThrow(
    "You have reached the maximum number of webhooks per your current billing plan.",
  );
});

it("shows the event of the account where the query asks for it", async () => {
  const { body } = await add(1);
  expect(body).not.toHaveProperty("account_status_change");
  const asked = await request("GET", `${PATH}/${body.id}?include=account_status_change`);
  expect(asked.body.account_status_change).toBe(false);
});
