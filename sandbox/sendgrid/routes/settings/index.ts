import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { singletonRoutes } from "./singletons";

/** What holds for all mail of the account. */
export function settingsRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>().route("/", singletonRoutes(account));
}
