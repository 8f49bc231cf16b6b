import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records, TOKEN_PAGE, tokenPage } from "../../records";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";
import { content } from "./content";

const shape = {
  name: z.string().min(1).max(100),
  categories: z
    .array(z.string())
    .max(10)
    .refine((items) => new Set(items).size === items.length, "must be unique")
    .optional(),
  send_to: z
    .strictObject({
      list_ids: z.array(z.uuid()).max(50).optional(),
      segment_ids: z.array(z.uuid()).max(10).optional(),
      all: z.boolean().optional(),
    })
    .optional(),
  email_config: z
    .strictObject({
      subject: content.optional(),
      html_content: content.optional(),
      plain_content: content.optional(),
      generate_plain_content: z.boolean().optional(),
      design_id: z.string().optional(),
      editor: z.enum(["code", "design"]).optional(),
      suppression_group_id: z.int().nullable().optional(),
      custom_unsubscribe_url: z.url().nullable().optional(),
      sender_id: z.int().nullable().optional(),
      ip_pool: z.string().nullable().optional(),
    })
    .optional(),
};
const CREATE = z.strictObject(shape);
const UPDATE = CREATE.partial();
const LIST = z.strictObject(TOKEN_PAGE);

type Send = z.output<typeof UPDATE> & { id: string; name: string; created_at: string; updated_at: string };

/** What a change changes: SendGrid leaves what is blank as it is. */
const withoutBlanks = (values: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => !(value === "" || (Array.isArray(value) && !value.length))),
  );

/**
 * /v3/marketing/singlesends. Drafts only: nothing is scheduled or sent, and the ids in them are not looked up.
 * SendGrid's documentation says that blank properties stay as they are, which is taken literally for texts and lists.
 */
export function singleSendRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const sends = new Records<Send>("Single Send not found");
  const may = (action: string) => requireScope(account, `marketing_campaigns.${action}`);
  const change = (send: Send, wanted: z.output<typeof UPDATE>) => {
    const { send_to = {}, email_config = {}, ...others } = wanted;
    const mail = { ...send.email_config };
    Object.assign(mail, withoutBlanks(email_config));
    send.email_config = mail;
    send.send_to = Object.assign({ ...send.send_to }, withoutBlanks(send_to));
    Object.assign(send, withoutBlanks(others), { updated_at: new Date().toISOString() });
    if (mail.generate_plain_content) mail.plain_content = (mail.html_content ?? "").replace(/<[^>]*>/g, "");
  };
  const shown = (send: Send) => ({
    id: send.id,
    name: send.name,
    status: "draft",
    categories: send.categories ?? [],
    send_at: null,
    send_to: { list_ids: [], segment_ids: [], all: false, ...send.send_to },
    updated_at: send.updated_at,
    created_at: send.created_at,
    email_config: { generate_plain_content: true, editor: "code", ...send.email_config },
    warnings: [],
  });
  const short = (send: Send) => ({
    id: send.id,
    name: send.name,
    abtest: null,
    status: "draft",
    categories: send.categories ?? [],
    is_abtest: false,
    updated_at: send.updated_at,
    created_at: send.created_at,
  });
  return new Hono<ApiEnv>()
    .post("/v3/marketing/singlesends", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const id = randomUUID();
      const time = new Date().toISOString();
      const send: Send = { id, name: wanted.name, created_at: time, updated_at: time };
      change(send, wanted);
      return context.json(shown(sends.add(context.var.user, id, send)), 201);
    })
    .get("/v3/marketing/singlesends", may("read"), (context) =>
      context.json(tokenPage(context, sends.all(context.var.user).map(short), readQuery(context, LIST))),
    )
    .get("/v3/marketing/singlesends/:id", may("read"), (context) =>
      context.json(shown(sends.get(context.var.user, context.req.param("id")))),
    )
    .patch("/v3/marketing/singlesends/:id", may("update"), async (context) => {
      const send = sends.get(context.var.user, context.req.param("id"));
      change(send, await readBody(context, UPDATE));
      return context.json(shown(send), 202);
    })
    .delete("/v3/marketing/singlesends/:id", may("delete"), (context) => {
      sends.delete(context.var.user, context.req.param("id"));
      return context.body(null, 204);
    });
}
