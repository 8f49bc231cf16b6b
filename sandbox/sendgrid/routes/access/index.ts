import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { keyRoutes } from "./api-keys";
import { subuserRoutes } from "./subusers";

/** Who may use the account. */
export function accessRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>().route("/", keyRoutes(account)).route("/", subuserRoutes(account));
}
