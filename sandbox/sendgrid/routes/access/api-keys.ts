import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { type ApiKey, visibleScopes } from "../../api-keys";
import { type ApiEnv, queryNumber, readBody, readQuery, requireScope } from "../../request";

const name = z.string().min(1).max(100);
const scopes = z.array(z.string()).min(1);
const CREATE = z.strictObject({ name, scopes: scopes.optional() });
const RENAME = z.strictObject({ name });
const REPLACE = z.strictObject({ name, scopes });
const LIST = z.strictObject({ limit: queryNumber.optional() });

/** /v3/api_keys and /v3/scopes. */
export function keyRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const { keys } = account;
  const may = (action: string) => requireScope(account, `api_keys.${action}`);
  return (
    new Hono<ApiEnv>()
      .post("/v3/api_keys", may("create"), async (context) => {
        const wanted = await readBody(context, CREATE);
        const { key, text } = keys.create(context.var.user, context.var.key, wanted.name, wanted.scopes);
        return context.json({ api_key: text, ...summary(key), scopes: key.scopes }, 201);
      })
      .get("/v3/api_keys", may("read"), (context) => {
        const { limit } = readQuery(context, LIST);
        return context.json({ result: keys.list(context.var.user).slice(0, limit).map(summary) });
      })
      // The specification wraps this answer in `result`; the service sends the key itself, as clients decode it.
      .get("/v3/api_keys/:id", may("read"), (context) => {
        const key = keys.get(context.var.user, context.req.param("id"));
        return context.json({ ...summary(key), scopes: visibleScopes(key) });
      })
      .patch("/v3/api_keys/:id", may("update"), async (context) => {
        const change = await readBody(context, RENAME);
        const { user, key: granter } = context.var;
        return context.json(summary(keys.update(user, granter, context.req.param("id"), change.name)));
      })
      .put("/v3/api_keys/:id", may("update"), async (context) => {
        const change = await readBody(context, REPLACE);
        const { user, key: granter } = context.var;
        const key = keys.update(user, granter, context.req.param("id"), change.name, change.scopes);
        return context.json({ ...summary(key), scopes: visibleScopes(key) });
      })
      .delete("/v3/api_keys/:id", may("delete"), (context) => {
        keys.delete(context.var.user, context.req.param("id"));
        return context.body(null, 204);
      })
      .get("/v3/scopes", requireScope(account), (context) =>
        context.json({ scopes: visibleScopes(context.var.key) }),
      )
  );
}

function summary({ id, name }: ApiKey): { api_key_id: string; name: string } {
  return { api_key_id: id, name };
}
