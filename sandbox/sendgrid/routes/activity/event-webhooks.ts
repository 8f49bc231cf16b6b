import { generateKeyPairSync, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";

const EVENTS = {
  group_resubscribe: false,
  delivered: false,
  group_unsubscribe: false,
  spam_report: false,
  bounce: false,
  deferred: false,
  unsubscribe: false,
  processed: false,
  open: false,
  click: false,
  dropped: false,
};

interface Webhook {
  id: string;
  url: string;
  enabled: boolean;
  friendly_name: string | null;
  oauth_client_id: string | null;
  oauth_token_url: string | null;
  account_status_change: boolean;
  created_date: string;
  updated_date: string;
  public_key?: string;
  [event: string]: unknown;
}

const OAUTH = {
  oauth_client_id: z.string().nullish(),
  oauth_client_secret: z.string().nullish(),
  oauth_token_url: z.string().nullish(),
};
const CREATE = z.strictObject({
  url: z.string(),
  enabled: z.boolean().default(false),
  friendly_name: z.string().nullable().default(null),
  ...OAUTH,
  ...Object.fromEntries(Object.keys(EVENTS).map((event) => [event, z.boolean().optional()])),
});
const CHANGE = CREATE.extend({
  enabled: z.boolean().optional(),
  friendly_name: z.string().nullish(),
  account_status_change: z.boolean().optional(),
});
const TEST = z.strictObject({ id: z.string().optional(), url: z.string(), ...OAUTH });
const QUERY = z.strictObject({ include: z.literal("account_status_change").optional() });

const GONE = "Invalid id provided.";
const PATH = "/v3/user/webhooks/event/settings";

/**
 * /v3/user/webhooks/event. The substitute sends no events, tests included, and asks no OAuth server; the keys that it
 * shows are real ones which sign nothing.
 *
 * @param maxAllowed how many webhooks an account can have; SendGrid's plans differ in it
 */
export function eventWebhookRoutes(account: SendGridAccount, maxAllowed = 5): Hono<ApiEnv> {
  const webhooks = new Records<Webhook>(GONE);
  const may = (action: string) => requireScope(account, `user.webhooks.event.settings.${action}`);
  /** The webhook with an id. Without one, SendGrid means the oldest. */
  const theOne = ({ user }: ApiEnv["Variables"], id?: string) => {
    const found = webhooks.all(user).find((each) => id === undefined || each.id === id);
    if (found === undefined) throw new Refusal(404, [{ message: GONE }]);
    return found;
  };
  const read = (context: Context<ApiEnv>) => {
    const { include } = readQuery(context, QUERY);
    const { created_date, updated_date, ...rest } = theOne(context.var, context.req.param("id"));
    return context.json(shown(rest, include));
  };
  const change = async (context: Context<ApiEnv>) => {
    const { include } = readQuery(context, QUERY);
    const wanted = await readBody(context, CHANGE);
    const webhook = theOne(context.var, context.req.param("id"));
    const refusal = urlRefusal(context, wanted.url, webhook);
    if (refusal !== undefined) return refusal;
    Object.assign(webhook, kept(wanted), { updated_date: now() });
    const { public_key, ...rest } = webhook;
    return context.json(shown(rest, include));
  };
  const sign = async (context: Context<ApiEnv>) => {
    const { enabled } = await readBody(context, z.strictObject({ enabled: z.boolean() }));
    const webhook = theOne(context.var, context.req.param("id"));
    webhook.public_key = enabled ? (webhook.public_key ?? publicKey()) : undefined;
    return context.json({ id: webhook.id, public_key: webhook.public_key ?? "" });
  };
  const key = (context: Context<ApiEnv>) => {
    const { id, public_key = "" } = theOne(context.var, context.req.param("id"));
    return context.json({ id, public_key });
  };
  const urlRefusal = (context: Context<ApiEnv>, url: string, self?: Webhook) => {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new Refusal(400, [{ message: `'${url}' is not a valid url` }]);
    const other = webhooks.all(context.var.user).find((each) => each.url === url && each !== self);
    if (other === undefined) return undefined;
    const message = `Webhook at '${url}' already exists. Please provide a unique URL.`;
    return context.json({ errors: [{ id: other.id, message, url }] }, 400);
  };
  return new Hono<ApiEnv>()
    .post(PATH, may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const refusal = urlRefusal(context, wanted.url);
      if (refusal !== undefined) return refusal;
      const { user } = context.var;
      if (webhooks.all(user).length >= maxAllowed) {
        const message = "You have reached the maximum number of webhooks per your current billing plan.";
        throw new Refusal(400, [{ message }]);
      }
      const none = { oauth_client_id: null, oauth_token_url: null };
      const made = { id: randomUUID(), created_date: now(), updated_date: now() };
      const webhook = { ...EVENTS, ...none, account_status_change: false, ...kept(wanted), ...made };
      return context.json(shown(webhooks.add(user, made.id, webhook)), 201);
    })
    .get(`${PATH}/all`, may("read"), (context) => {
      const { include } = readQuery(context, QUERY);
      const all = webhooks.all(context.var.user).map((each) => shown(each, include));
      return context.json({ max_allowed: maxAllowed, webhooks: all });
    })
    .get(`${PATH}/signed`, may("read"), key)
    .get(`${PATH}/signed/:id`, may("read"), key)
    .patch(`${PATH}/signed`, may("update"), sign)
    .patch(`${PATH}/signed/:id`, may("update"), sign)
    .get(PATH, may("read"), read)
    .get(`${PATH}/:id`, may("read"), read)
    .patch(PATH, may("update"), change)
    .patch(`${PATH}/:id`, may("update"), change)
    .delete(`${PATH}/:id`, may("delete"), (context) => {
      webhooks.delete(context.var.user, theOne(context.var, context.req.param("id")).id);
      return context.body(null, 204);
    })
    .post(
      "/v3/user/webhooks/event/test",
      requireScope(account, "user.webhooks.event.test.create"),
      async (context) => {
        const { id } = await readBody(context, TEST);
        if (id !== undefined) theOne(context.var, id);
        return context.body(null, 204);
      },
    );
}

/** What is kept of a body: no secret; empty texts turn OAuth off. */
function kept<Body extends z.output<typeof CHANGE>>({ oauth_client_secret, ...body }: Body) {
  if (body.oauth_client_id === "") body.oauth_client_id = null;
  if (body.oauth_token_url === "") body.oauth_token_url = null;
  return body;
}

/** A webhook as the API shows it. */
function shown(
  { account_status_change, oauth_client_id, oauth_token_url, ...rest }: Partial<Webhook>,
  include = "",
) {
  const oauth = oauth_client_id === null ? {} : { oauth_client_id, oauth_token_url };
  return { ...rest, ...oauth, ...(include === "" ? {} : { account_status_change }) };
}

const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");

/** The public half of a new ECDSA key on P-256: its SubjectPublicKeyInfo (DER) in base64, as SendGrid gives it. */
function publicKey(): string {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return publicKey.export({ type: "spki", format: "der" }).toString("base64");
}
