import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { userRoutes } from "./user";

/** What the account is and has done. */
export function accountRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>().route("/", userRoutes(account));
}
