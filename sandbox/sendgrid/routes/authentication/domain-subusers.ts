import { type Context, Hono } from "hono";
import type { SendGridAccount } from "../../account";
import type { AuthenticatedDomain } from "../../domains";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";
import { parentOnly, USER } from "./link-subusers";

/** How many of the account's domains a subuser can have. */
const MOST = 5;

/**
 * /v3/whitelabel/domains/…/subuser: the domains that each subuser has of the account. Any user name is taken for a
 * subuser's. Mail is sent the same with and without.
 */
export function domainSubuserRoutes(
  account: SendGridAccount,
  find: (context: Context<ApiEnv>) => AuthenticatedDomain,
  toJson: (domain: AuthenticatedDomain) => Record<string, unknown>,
): Hono<ApiEnv> {
  const lent = new Map<string, Set<AuthenticatedDomain>>();
  const lentTo = (username: string) => {
    const there = account.domains.list();
    return [...(lent.get(username) ?? [])].filter((domain) => there.includes(domain));
  };
  return new Hono<ApiEnv>()
    .post(
      "/v3/whitelabel/domains/:id/subuser:add",
      requireScope(account, "whitelabel.update"),
      async (context) => {
        parentOnly(account, context);
        const { username } = await readBody(context, USER);
        const domain = find(context);
        if (!domain.valid) throw new Refusal(400, [{ message: "It must be validated first." }]);
        const all = new Set([...lentTo(username), domain]);
        if (all.size > MOST) throw new Refusal(400, [{ message: `A subuser can have ${MOST} domains.` }]);
        lent.set(username, all);
        return context.json(toJson(domain), 201);
      },
    )
    .get("/v3/whitelabel/domains/subuser/all", requireScope(account, "whitelabel.read"), (context) => {
      parentOnly(account, context);
      return context.json(lentTo(readQuery(context, USER).username).map(toJson));
    })
    .delete("/v3/whitelabel/domains/:id/subuser", requireScope(account, "whitelabel.update"), (context) => {
      parentOnly(account, context);
      const { username } = readQuery(context, USER);
      if (lent.get(username)?.delete(find(context)) !== true)
        throw new Refusal(404, [{ message: "No association exists for this user." }]);
      return context.body(null, 204);
    });
}
