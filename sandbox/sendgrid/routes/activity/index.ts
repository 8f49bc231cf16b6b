import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { eventWebhookRoutes } from "./event-webhooks";
import { parseWebhookRoutes } from "./parse-webhooks";

/** What SendGrid tells of mail and what it does to it. */
export function activityRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>().route("/", eventWebhookRoutes(account)).route("/", parseWebhookRoutes(account));
}
