import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { type ApiEnv, readBody, requireScope } from "../../request";

const common = { email_to: z.email() };
const frequency = z.enum(["daily", "weekly", "monthly"]);
const percentage = z.int().min(1).max(100);
const CREATE = z.discriminatedUnion("type", [
  z.strictObject({ ...common, type: z.literal("stats_notification"), frequency }),
  z.strictObject({ ...common, type: z.literal("usage_limit"), percentage }),
]);
const UPDATE = z.strictObject({ ...common, frequency, percentage }).partial();

type Alert = z.output<typeof CREATE> & { id: number; created_at: number; updated_at: number };

/** /v3/alerts. Nobody is alerted. */
export function alertRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const alerts = new Records<Alert>("alert not found");
  let lastId = 400;
  const may = (action: string) => requireScope(account, `alerts.${action}`);
  const find = (context: Context<ApiEnv>) => alerts.get(context.var.user, context.req.param("id") ?? "");
  const now = () => Math.floor(Date.now() / 1000);
  return new Hono<ApiEnv>()
    .post("/v3/alerts", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const id = ++lastId;
      const alert = { ...wanted, id, created_at: now(), updated_at: now() };
      return context.json(alerts.add(context.var.user, id, alert), 201);
    })
    .get("/v3/alerts", may("read"), (context) => context.json(alerts.all(context.var.user)))
    .get("/v3/alerts/:id", may("read"), (context) => context.json(find(context)))
    .patch("/v3/alerts/:id", may("update"), async (context) => {
      const alert = find(context);
      Object.assign(alert, await readBody(context, UPDATE), { updated_at: now() });
      return context.json(alert);
    })
    .delete("/v3/alerts/:id", may("delete"), (context) => {
      alerts.delete(context.var.user, find(context).id);
      return context.body(null, 204);
    });
}
