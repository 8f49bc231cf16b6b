import { Hono } from "hono";
import type { Resolve } from "../../../dns";
import type { SendGridAccount } from "../../account";
import type { ApiEnv } from "../../request";
import { domainRoutes } from "./domains";
import { linkRoutes } from "./links";
import { reverseDnsRoutes } from "./reverse-dns";
import { verifiedSenderRoutes } from "./verified-senders";

/** What an account has to prove that it may send for a domain or an address. */
export function authenticationRoutes(account: SendGridAccount, resolve: Resolve): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .route("/", domainRoutes(account, resolve))
    .route("/", linkRoutes(account, resolve))
    .route("/", reverseDnsRoutes(account, resolve))
    .route("/", verifiedSenderRoutes(account));
}
