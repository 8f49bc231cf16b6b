import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, requireScope } from "../../request";

const text = z.string().min(1);
const shape = {
  nickname: text,
  from: z.strictObject({ email: z.email(), name: text }),
  reply_to: z.strictObject({ email: z.email(), name: z.string().optional() }),
  address: text,
  address_2: z.string().optional(),
  city: text,
  state: z.string().optional(),
  zip: z.string().optional(),
  country: text,
};
const CREATE = z.strictObject(shape);
const UPDATE = z
  .strictObject({
    ...shape,
    from: shape.from.partial(),
    reply_to: shape.reply_to.partial(),
  })
  .partial();

interface Sender extends z.output<typeof CREATE> {
  id: number;
  verified: boolean;
  locked: boolean;
  updated_at: number;
  created_at: number;
}

/** SendGrid's limit of senders per account. */
const MAX_SENDERS = 100;

/**
 * /v3/marketing/senders. A sender outside the authenticated domains stays unverified, since no message with a link
 * is sent; and none is ever locked.
 */
export function senderRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const senders = new Records<Sender>("sender not found");
  let lastId = 5_000_000;
  const may = (action: string) => requireScope(account, `marketing_campaigns.${action}`);
  const isVerified = (user: string, email: string) =>
    account.domains
      .list(user)
      .some(({ valid, domain }) => valid && email.toLowerCase().endsWith(`@${domain}`));
  const refuseTaken = (user: string, nickname: string | undefined, self?: Sender) => {
    if (senders.all(user).some((each) => each.nickname === nickname && each !== self)) {
      const message = "You already have a sender identity with the same nickname";
      throw new Refusal(400, [{ field: "nickname", message }]);
    }
  };
  return new Hono<ApiEnv>()
    .post("/v3/marketing/senders", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const { user } = context.var;
      refuseTaken(user, wanted.nickname);
      if (senders.all(user).length >= MAX_SENDERS)
        throw new Refusal(403, [{ field: null, message: `an account can have ${MAX_SENDERS} senders` }]);
      const id = ++lastId;
      const verified = isVerified(user, wanted.from.email);
      const times = { updated_at: now(), created_at: now() };
      return context.json(senders.add(user, id, { id, ...wanted, verified, locked: false, ...times }), 201);
    })
    .get("/v3/marketing/senders", may("read"), (context) =>
      context.json({ results: senders.all(context.var.user) }),
    )
    .get("/v3/marketing/senders/:id", may("read"), (context) =>
      context.json(senders.get(context.var.user, context.req.param("id"))),
    )
    .patch("/v3/marketing/senders/:id", may("update"), async (context) => {
      const change = await readBody(context, UPDATE);
      const { user } = context.var;
      const sender = senders.get(user, context.req.param("id"));
      refuseTaken(user, change.nickname, sender);
      const from = { ...sender.from, ...change.from };
      const reply_to = { ...sender.reply_to, ...change.reply_to };
      if (from.email !== sender.from.email) sender.verified = isVerified(user, from.email);
      return context.json(Object.assign(sender, change, { from, reply_to, updated_at: now() }));
    })
    .delete("/v3/marketing/senders/:id", may("delete"), (context) => {
      senders.delete(context.var.user, context.req.param("id"));
      return context.body(null, 204);
    });
}

const now = () => Math.floor(Date.now() / 1000);
