import * as z from "zod";
import { textOrEmpty } from "../api/answer";
import { ANYTHING } from "../api/api";
import { fromApi } from "../api/case";
import { type Asking, Collection } from "../api/collection";
import { unpaged } from "../api/paging";

/** What a webhook can be told of, by the API's names. */
export const EVENTS = [
  "processed",
  "deferred",
  "delivered",
  "bounce",
  "dropped",
  "open",
  "click",
  "unsubscribe",
  "spam_report",
  "group_unsubscribe",
  "group_resubscribe",
  "account_status_change",
] as const;

/** A webhook as it is in the account, with its events as a list; texts are empty where there is none. */
const Webhook = z
  .record(z.string(), z.unknown())
  .transform(
    (found): Record<string, unknown> => ({
      ...found,
      events: EVENTS.filter((event) => found[event] === true),
    }),
  )
  .pipe(
    fromApi(
      z.object({
        id: z.string(),
        url: z.string(),
        enabled: z.boolean().default(false),
        friendlyName: textOrEmpty,
        oauthClientId: textOrEmpty,
        oauthTokenUrl: textOrEmpty,
        publicKey: textOrEmpty,
        events: z.array(z.enum(EVENTS)),
      }),
    ),
  );
export type Webhook = z.output<typeof Webhook>;

const PATH = "/v3/user/webhooks/event/settings";
const SCOPE = "user.webhooks.event.settings";
const QUERY = { include: "account_status_change" };

/** Only for what names a webhook: without an id, the API reads and changes the oldest one. */
const webhooks = new Collection({ noun: "event webhook", path: PATH, scope: SCOPE, item: Webhook });

/** @throws Error for what is no id: with an empty one, a request would be about the oldest webhook. */
function pathOf(id: string, below = ""): string {
  if (!/^[\w-]+$/.test(id)) throw new Error(`"${id}" is not the id of an event webhook.`);
  return `${PATH}${below}/${id}`;
}

/** Makes a webhook and answers its id. */
export async function createWebhook(operation: Asking, url: string, body: Record<string, unknown>) {
  return (await webhooks.create(operation, `for ${withoutPassword(url)}`, body)).id;
}

/** The webhook with an id, undefined if there is none. */
export async function findWebhook({ session, signal }: Asking, id: string): Promise<Webhook | undefined> {
  const purpose = webhooks.purpose("read", id);
  return await session.find({
    method: "GET",
    path: pathOf(id),
    query: QUERY,
    answer: Webhook,
    purpose,
    signal,
  });
}

/** As {@link findWebhook}, for a refresh: many share one list. */
export async function readWebhook(operation: Asking & { id: string; inputs?: unknown }) {
  const { id, inputs, session } = operation;
  const one = () => findWebhook(operation, id);
  if (inputs === undefined) return await one();
  const all = async () => new Map((await listWebhooks(operation)).map((each) => [each.id, each]));
  return await session.shared(PATH, id, one, all);
}

/** All webhooks of the account. */
export async function listWebhooks({ session, signal }: Asking): Promise<Webhook[]> {
  const purpose = { task: "list the event webhooks", scope: `${SCOPE}.read` };
  return await session.list(
    { path: `${PATH}/all`, query: QUERY, purpose, signal },
    Webhook,
    unpaged("webhooks"),
  );
}

/** Changes a webhook, all of it: the API's PATCH needs the URL at least. */
export async function changeWebhook(
  { session, signal }: Asking,
  id: string,
  body: Record<string, unknown>,
): Promise<void> {
  const purpose = webhooks.purpose("update", id);
  await session.request({ method: "PATCH", path: pathOf(id), body, answer: ANYTHING, purpose, signal });
}

/** Turns the signing of a webhook's requests on or off. The answer is the public key, empty where it is off. */
export async function signWebhook({ session, signal }: Asking, id: string, enabled: boolean) {
  const purpose = {
    task: `turn the signature of the event webhook ${id} ${enabled ? "on" : "off"}`,
    scope: `${SCOPE}.update`,
  };
  const path = pathOf(id, "/signed");
  const answer = z.object({ public_key: textOrEmpty });
  return (await session.request({ method: "PATCH", path, body: { enabled }, answer, purpose, signal }))
    .public_key;
}

/** Has SendGrid post made-up events to the webhook's address. */
export async function testWebhook(
  { session, signal }: Asking,
  id: string,
  body: Record<string, unknown>,
): Promise<void> {
  const path = "/v3/user/webhooks/event/test";
  const purpose = {
    task: `send a test to the event webhook ${id}`,
    scope: "user.webhooks.event.test.create",
  };
  await session.request({ method: "POST", path, body: { id, ...body }, answer: ANYTHING, purpose, signal });
}

/** Deletes a webhook; that it is gone already is as good. */
export async function deleteWebhook({ session, signal }: Asking, id: string): Promise<void> {
  const purpose = webhooks.purpose("delete", id);
  await session.find({ method: "DELETE", path: pathOf(id), answer: ANYTHING, purpose, signal });
}

/** An address without its user name and password, for messages. */
function withoutPassword(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}
