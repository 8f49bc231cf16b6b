import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";

/** What holds for all mail of the account. */
export function settingsRoutes(_account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>();
}
