import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, requireScope } from "../../request";

interface Group {
  id: number;
  name: string;
  description: string;
  is_default: boolean;
  unsubscribes: number;
}

const shape = {
  name: z.string().min(1).max(30),
  description: z.string().min(1).max(100),
  is_default: z.boolean().optional(),
};
const CREATE = z.strictObject(shape);
const UPDATE = z.strictObject(shape).partial();

/** SendGrid's limit of groups per account. */
const MAX_GROUPS = 200;

/** /v3/asm/groups. */
export function unsubscribeGroupRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const groups = new Records<Group>("Suppression group not found");
  let lastId = 20_000;
  const may = (action: string) => requireScope(account, `asm.groups.${action}`);
  const refuseTaken = (user: string, name: string | undefined, self?: Group) => {
    if (groups.all(user).some((each) => each.name === name && each !== self))
      throw new Refusal(400, [{ field: "name", message: "a group with this name already exists" }]);
  };
  const keepOneDefault = (user: string, group: Group) => {
    for (const each of groups.all(user)) if (group.is_default && each !== group) each.is_default = false;
  };
  return new Hono<ApiEnv>()
    .post("/v3/asm/groups", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const { user } = context.var;
      refuseTaken(user, wanted.name);
      if (groups.all(user).length >= MAX_GROUPS)
        throw new Refusal(400, [{ field: null, message: `an account can have ${MAX_GROUPS} groups` }]);
      const id = ++lastId;
      const group = groups.add(user, id, { id, is_default: false, ...wanted, unsubscribes: 0 });
      keepOneDefault(user, group);
      const { unsubscribes, ...created } = group;
      return context.json(created, 201);
    })
    .get("/v3/asm/groups", may("read"), (context) => {
      const ids = context.req.queries("id");
      const all = groups.all(context.var.user);
      return context.json(ids === undefined ? all : all.filter(({ id }) => ids.includes(String(id))));
    })
    .get("/v3/asm/groups/:id", may("read"), (context) =>
      context.json(groups.get(context.var.user, context.req.param("id"))),
    )
    .patch("/v3/asm/groups/:id", may("update"), async (context) => {
      const change = await readBody(context, UPDATE);
      const group = groups.get(context.var.user, context.req.param("id"));
      refuseTaken(context.var.user, change.name, group);
      Object.assign(group, change);
      keepOneDefault(context.var.user, group);
      return context.json(group, 201);
    })
    .delete("/v3/asm/groups/:id", may("delete"), (context) => {
      groups.delete(context.var.user, context.req.param("id"));
      return context.body(null, 204);
    });
}
