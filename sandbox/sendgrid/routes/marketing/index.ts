import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { contactListRoutes } from "./contact-lists";
import { customFieldRoutes } from "./custom-fields";
import { globalSuppressionRoutes } from "./global-suppressions";
import { segmentRoutes } from "./segments";
import { senderRoutes } from "./senders";
import { singleSendRoutes } from "./single-sends";
import { templateRoutes } from "./templates";
import { unsubscribeGroupRoutes } from "./unsubscribe-groups";

/** Lists, newsletters and who must not get them. */
export function marketingRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .route("/", unsubscribeGroupRoutes(account))
    .route("/", templateRoutes(account))
    .route("/", singleSendRoutes(account))
    .route("/", globalSuppressionRoutes(account))
    .route("/", contactListRoutes(account))
    .route("/", customFieldRoutes(account))
    .route("/", segmentRoutes(account))
    .route("/", senderRoutes(account));
}
