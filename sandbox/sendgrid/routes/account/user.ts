import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, requireScope } from "../../request";

const EMAIL = z.strictObject({ email: z.email() });
const PASSWORD = z.strictObject({ new_password: z.string().min(1), old_password: z.string() });

/**
 * /v3/user: the name and number of the account, its kind, its address and its credits, for it and its subusers. No
 * mail uses up credits. The account itself has no password here, and takes any for the one before.
 */
export function userRoutes(account: SendGridAccount): Hono<ApiEnv> {
  let accountEmail = `${account.username}@example.com`;
  const emailOf = (user: string) => account.subusers.find(user)?.email ?? accountEmail;
  return new Hono<ApiEnv>()
    .get("/v3/user/username", requireScope(account, "user.username.read"), (context) =>
      context.json({ username: context.var.user, user_id: account.userIdOf(context.var.user) }),
    )
    .get("/v3/user/account", requireScope(account, "user.account.read"), (context) =>
      context.json({ type: "paid", reputation: 100 }),
    )
    .get("/v3/user/email", requireScope(account, "user.email.read"), (context) =>
      context.json({ email: emailOf(context.var.user) }),
    )
    .put("/v3/user/email", requireScope(account, "user.email.update"), async (context) => {
      const { email } = await readBody(context, EMAIL);
      const subuser = account.subusers.find(context.var.user);
      if (subuser === undefined) accountEmail = email;
      else subuser.email = email;
      return context.json({ email });
    })
    .put("/v3/user/password", requireScope(account, "user.password.update"), async (context) => {
      const { new_password, old_password } = await readBody(context, PASSWORD);
      const subuser = account.subusers.find(context.var.user);
      if (subuser !== undefined && subuser.password !== old_password)
        throw new Refusal(400, [{ field: "old_password", message: "the old password is wrong" }]);
      if (subuser !== undefined) subuser.password = new_password;
      return context.json({});
    })
    .get("/v3/user/credits", requireScope(account, "user.credits.read"), (context) =>
      context.json({
        remain: 100_000,
        total: 100_000,
        overage: 0,
        used: 0,
        last_reset: "2026-01-01",
        next_reset: "2026-02-01",
        reset_frequency: "monthly",
      }),
    );
}
