import { Hono } from "hono";
import type { SendGridAccount } from "../../account";
import { type ApiEnv, requireScope } from "../../request";

/** /v3/user: the name and number of the account, and its kind. */
export function userRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get("/v3/user/username", requireScope(account, "user.username.read"), (context) =>
      context.json({ username: context.var.user, user_id: account.userIdOf(context.var.user) }),
    )
    .get("/v3/user/account", requireScope(account, "user.account.read"), (context) =>
      context.json({ type: "paid", reputation: 100 }),
    );
}
