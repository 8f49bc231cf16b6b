import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { type ApiEnv, readBody, requireScope } from "../../request";

const ADD = z.strictObject({ recipient_emails: z.array(z.email()) });

/** /v3/asm/suppressions/global. What is suppressed gets its mail all the same: sending does not look here. */
export function globalSuppressionRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const suppressed = new Map<string, Set<string>>();
  const may = (action: string) => requireScope(account, `asm.suppressions.global.${action}`);
  const of = (user: string) => {
    const emails = suppressed.get(user) ?? new Set();
    suppressed.set(user, emails);
    return emails;
  };
  return new Hono<ApiEnv>()
    .post("/v3/asm/suppressions/global", may("create"), async (context) => {
      const { recipient_emails } = await readBody(context, ADD);
      for (const email of recipient_emails) of(context.var.user).add(email.toLowerCase());
      return context.json({ recipient_emails }, 201);
    })
    .get("/v3/asm/suppressions/global/:email", may("read"), (context) => {
      const email = context.req.param("email").toLowerCase();
      return context.json(of(context.var.user).has(email) ? { recipient_email: email } : {});
    })
    .delete("/v3/asm/suppressions/global/:email", may("delete"), (context) => {
      of(context.var.user).delete(context.req.param("email").toLowerCase());
      return context.body(null, 204);
    });
}
