import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { statsRoutes } from "./stats";
import { suppressionRoutes } from "./suppressions";
import { userRoutes } from "./user";

/** What the account is and has done. */
export function accountRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .route("/", userRoutes(account))
    .route("/", statsRoutes(account))
    .route("/", suppressionRoutes(account));
}
