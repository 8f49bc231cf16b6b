import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { alertRoutes } from "./alerts";
import { ipRoutes } from "./ips";

/** What mail leaves by, and who is told about it. */
export function deliveryRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>().route("/", ipRoutes(account)).route("/", alertRoutes(account));
}
