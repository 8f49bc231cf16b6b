import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, queryNumber, readBody, readQuery, requireScope } from "../../request";

const CREATE = z.strictObject({
  nickname: z.string().min(1).max(100),
  from_email: z.email().max(256),
  from_name: z.string().max(256).optional(),
  reply_to: z.email().max(256),
  reply_to_name: z.string().max(256).optional(),
  address: z.string().max(100).optional(),
  address2: z.string().max(100).optional(),
  state: z.string().max(2).optional(),
  city: z.string().max(150).optional(),
  zip: z.string().max(10).optional(),
  country: z.string().max(100).optional(),
});
/** What is not named stays as it is. */
const UPDATE = CREATE.partial();
const LIST = z.strictObject({
  limit: queryNumber.optional(),
  lastSeenID: queryNumber.default(0),
  id: queryNumber.optional(),
});

interface Sender extends Required<z.output<typeof CREATE>> {
  id: number;
  verified: boolean;
  locked: boolean;
}

const NOTHING = {
  from_name: "",
  reply_to_name: "",
  address: "",
  address2: "",
  state: "",
  city: "",
  zip: "",
  country: "",
};

/**
 * /v3/verified_senders. No mail is sent: whoever has the id follows the link, by GET .../verify/verify-ID; the
 * owners of mailboxes that are called `prompt` do so at once. A link never expires here.
 */
export function verifiedSenderRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const senders = new Records<Sender>("resource not found");
  let lastId = 6_000_000;
  // There are no scopes of their own in SendGrid's documentation.
  const may = (action: string) => requireScope(account, `whitelabel.${action}`);
  const find = (context: Context<ApiEnv>) => senders.get(context.var.user, context.req.param("id") ?? "");
  const refuseTaken = (user: string, nickname: string | undefined, self?: Sender) => {
    if (senders.all(user).some((each) => each.nickname === nickname && each !== self)) {
      const message = "You already have a sender identity with the same nickname.";
      throw new Refusal(400, [{ field: "nickname", message }]);
    }
  };
  const mail = (sender: Sender) => {
    sender.verified = sender.from_email.startsWith("prompt@");
  };
  return new Hono<ApiEnv>()
    .onError((error, context) => {
      if (!(error instanceof Refusal)) throw error;
      return context.json({ errors: faultsOf(error, context.req.method) }, error.status);
    })
    .post("/v3/verified_senders", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const { user } = context.var;
      refuseTaken(user, wanted.nickname);
      const id = ++lastId;
      const sender = senders.add(user, id, { id, ...NOTHING, ...wanted, verified: false, locked: false });
      mail(sender);
      return context.json(sender, 201);
    })
    .get("/v3/verified_senders", may("read"), (context) => {
      const { limit, lastSeenID, id } = readQuery(context, LIST);
      const found = senders
        .all(context.var.user)
        .filter((each) => each.id > lastSeenID && (id === undefined || each.id === id));
      return context.json({ results: found.slice(0, limit) });
    })
    .patch("/v3/verified_senders/:id", may("update"), async (context) => {
      const change = await readBody(context, UPDATE);
      const sender = find(context);
      refuseTaken(context.var.user, change.nickname, sender);
      const { from_email: before } = sender;
      Object.assign(sender, change);
      if (sender.from_email !== before) mail(sender);
      return context.json(sender);
    })
    .delete("/v3/verified_senders/:id", may("delete"), (context) => {
      senders.delete(context.var.user, find(context).id);
      return context.body(null, 204);
    })
    .post("/v3/verified_senders/resend/:id", may("create"), (context) => {
      const sender = find(context);
      if (sender.verified) throw new Refusal(400, [{ message: "already verified" }]);
      mail(sender);
      return context.body(null, 204);
    })
    .get("/v3/verified_senders/verify/:token", requireScope(account), (context) => {
      const id = /^verify-(\d+)$/.exec(context.req.param("token"))?.[1] ?? "";
      senders.get(context.var.user, id).verified = true;
      return context.body(null, 204);
    });
}

/** In this family, and for some statuses, faults have an id; a field that is not known is left out there. */
function faultsOf({ status, faults }: Refusal, method: string): Record<string, unknown>[] {
  const isChange = method === "PATCH" || method === "DELETE";
  if (status !== 400 && status !== 404 && !(status === 403 && isChange))
    return faults.map((fault) => ({ ...fault }));
  return faults.map(({ message, field }) => ({
    message,
    ...(field && status === 400 ? { field } : {}),
    error_id: randomUUID(),
  }));
}
