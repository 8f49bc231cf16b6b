import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";

/** What mail leaves by. */
export function deliveryRoutes(_account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>();
}
