import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { singleSendRoutes } from "./single-sends";
import { templateRoutes } from "./templates";
import { unsubscribeGroupRoutes } from "./unsubscribe-groups";

/** Lists, newsletters and who must not get them. */
export function marketingRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .route("/", unsubscribeGroupRoutes(account))
    .route("/", templateRoutes(account))
    .route("/", singleSendRoutes(account));
}
