import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, requireScope } from "../../request";

const shape = {
  hostname: z.string().min(1),
  url: z.string().regex(/^https?:\/\//),
  spam_check: z.boolean(),
  send_raw: z.boolean(),
};
const CREATE = z.strictObject({
  ...shape,
  spam_check: shape.spam_check.default(false),
  send_raw: shape.send_raw.default(false),
});
const CHANGE = z.strictObject(shape).partial();

const PATH = "/v3/user/webhooks/parse/settings";

/** /v3/user/webhooks/parse/settings. The substitute takes any host name, and posts no mail. */
export function parseWebhookRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const webhooks = new Records<z.output<typeof CREATE>>("resource not found");
  const idOf = (user: string, hostname: string) => `${user} ${hostname.toLowerCase()}`;
  const may = (action: string) => requireScope(account, `user.webhooks.parse.settings.${action}`);
  return new Hono<ApiEnv>()
    .post(PATH, may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const { user } = context.var;
      if (webhooks.all(user).some(({ hostname }) => hostname === wanted.hostname))
        throw new Refusal(400, [{ field: "hostname", message: "hostname is already in use" }]);
      return context.json(webhooks.add(user, idOf(user, wanted.hostname), wanted), 201);
    })
    .get(PATH, may("read"), (context) => context.json({ result: webhooks.all(context.var.user) }))
    .get(`${PATH}/:hostname`, may("read"), (context) => {
      const { user } = context.var;
      return context.json(webhooks.get(user, idOf(user, context.req.param("hostname"))));
    })
    .patch(`${PATH}/:hostname`, may("update"), async (context) => {
      const { hostname, ...change } = await readBody(context, CHANGE);
      const { user } = context.var;
      const webhook = webhooks.get(user, idOf(user, context.req.param("hostname")));
      return context.json(Object.assign(webhook, change));
    })
    .delete(`${PATH}/:hostname`, may("delete"), (context) => {
      const { user } = context.var;
      webhooks.delete(user, idOf(user, context.req.param("hostname")));
      return context.body(null, 204);
    });
}
