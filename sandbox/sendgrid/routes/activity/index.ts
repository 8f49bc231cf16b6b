import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";

/** What SendGrid tells of mail and what it does to it. */
export function activityRoutes(_account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>();
}
