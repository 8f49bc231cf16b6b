import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, requireScope } from "../../request";

interface Alert {
  id: number;
  type: "usage_limit" | "stats_notification";
  email_to: string;
  frequency?: string;
  percentage?: number;
  created_at: number;
  updated_at: number;
}

const settings = {
  frequency: z.enum(["daily", "weekly", "monthly"]).optional(),
  percentage: z.int().min(1).max(100).optional(),
};
const CREATE = z.strictObject({
  type: z.enum(["usage_limit", "stats_notification"]),
  email_to: z.email(),
  ...settings,
});
const UPDATE = z.strictObject({ email_to: z.email().optional(), ...settings });

/** /v3/alerts. No alert is ever sent. */
export function alertRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const alerts = new Records<Alert>("alert not found");
  let lastId = 40;
  const may = (action: string) => requireScope(account, `alerts.${action}`);
  const find = (context: Context<ApiEnv>) => alerts.get(context.var.user, context.req.param("id") ?? "");
  return new Hono<ApiEnv>()
    .post("/v3/alerts", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      refuseUnlike(wanted);
      const id = ++lastId;
      const alert = { id, ...wanted, created_at: now(), updated_at: now() };
      return context.json(alerts.add(context.var.user, id, alert), 201);
    })
    .get("/v3/alerts", may("read"), (context) => context.json(alerts.all(context.var.user)))
    .get("/v3/alerts/:id", may("read"), (context) => context.json(find(context)))
    .patch("/v3/alerts/:id", may("update"), async (context) => {
      const change = await readBody(context, UPDATE);
      const alert = find(context);
      refuseUnlike({ ...alert, ...change });
      Object.assign(alert, change, { updated_at: now() });
      return context.json(alert);
    })
    .delete("/v3/alerts/:id", may("delete"), (context) => {
      alerts.delete(context.var.user, find(context).id);
      return context.body(null, 204);
    });
}

/** Each type has its own measure, and not the other's. */
function refuseUnlike({ type, frequency, percentage }: Pick<Alert, "type" | "frequency" | "percentage">) {
  const [own, other, field] =
    type === "usage_limit" ? [percentage, frequency, "percentage"] : [frequency, percentage, "frequency"];
  if (own === undefined || other !== undefined)
    throw new Refusal(400, [{ field, message: `is what an alert of the type ${type} takes` }]);
}

const now = () => Math.floor(Date.now() / 1000);
