import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records, TOKEN_PAGE, tokenPage } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, queryNumber, readBody, readQuery, requireScope } from "../../request";

interface List {
  id: string;
  name: string;
}

const name = z.string().min(1).max(100);
const CREATE = z.strictObject({ name });
const UPDATE = z.strictObject({ name: name.optional() });
const LIST = z.strictObject({
  ...TOKEN_PAGE,
  page_size: queryNumber.refine((size) => size >= 1 && size <= 1000, "must be 1 to 1000").default(100),
});
const flag = z.enum(["true", "false"]).optional();
const READ = z.strictObject({ contact_sample: flag });
const DELETE = z.strictObject({ delete_contacts: flag });

/** /v3/marketing/lists. There are no contacts: lists are empty, and deleting them with a list deletes nobody. */
export function contactListRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const lists = new Records<List>("list not found");
  const may = (action: string) => requireScope(account, `marketing_campaigns.${action}`);
  const find = (context: Context<ApiEnv>) => lists.get(context.var.user, context.req.param("id") ?? "");
  const refuseTaken = (user: string, name: string | undefined, self?: List) => {
    if (lists.all(user).some((each) => each.name === name && each !== self))
      throw new Refusal(400, [{ field: "name", message: "a list with this name already exists" }]);
  };
  const shown = (context: Context<ApiEnv>, list: List) => ({
    ...list,
    contact_count: 0,
    _metadata: { self: new URL(`/v3/marketing/lists/${list.id}`, context.req.url).toString() },
  });
  return new Hono<ApiEnv>()
    .post("/v3/marketing/lists", may("create"), async (context) => {
      const { name } = await readBody(context, CREATE);
      const { user } = context.var;
      refuseTaken(user, name);
      const id = randomUUID();
      return context.json(shown(context, lists.add(user, id, { id, name })), 201);
    })
    .get("/v3/marketing/lists", may("read"), (context) => {
      const all = lists.all(context.var.user).map((list) => shown(context, list));
      return context.json(tokenPage(context, all, readQuery(context, LIST)));
    })
    .get("/v3/marketing/lists/:id", may("read"), (context) => {
      readQuery(context, READ);
      return context.json(shown(context, find(context)));
    })
    .patch("/v3/marketing/lists/:id", may("update"), async (context) => {
      const change = await readBody(context, UPDATE);
      const list = find(context);
      refuseTaken(context.var.user, change.name, list);
      return context.json(shown(context, Object.assign(list, change)));
    })
    .delete("/v3/marketing/lists/:id", may("delete"), (context) => {
      const { delete_contacts } = readQuery(context, DELETE);
      lists.delete(context.var.user, find(context).id);
      return delete_contacts === "true" ? context.json({ job_id: randomUUID() }) : context.body(null, 204);
    });
}
