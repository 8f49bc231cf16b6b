import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";

/** The query and the body that name a subuser. */
export const USER = z.strictObject({ username: z.string().min(1) });

/** Refuses a subuser: only the parent account lends. @throws Refusal 403 */
export function parentOnly(account: SendGridAccount, { var: { user } }: Context<ApiEnv>): void {
  if (user !== account.username) throw new Refusal(403, [{ field: null, message: "access forbidden" }]);
}

export interface Lending<Link> {
  /** The link that the path names. @throws Refusal 404 */
  find(context: Context<ApiEnv>): Link;
  /** Whether it is there (still). */
  exists(link: Link): boolean;
  toJson(link: Link): Record<string, unknown>;
}

/**
 * /v3/whitelabel/links/…/subuser: the link that each subuser has of the account. Any user name is taken for a
 * subuser's, and a second link takes the place of the first. Mail is sent the same with and without.
 */
export function linkSubuserRoutes<Link extends { valid: boolean }>(
  account: SendGridAccount,
  { find, exists, toJson }: Lending<Link>,
): Hono<ApiEnv> {
  const lent = new Map<string, Link>();
  const lentTo = (username: string) => {
    const link = lent.get(username);
    if (link === undefined || !exists(link))
      throw new Refusal(404, [{ message: "No association exists for this user." }]);
    return link;
  };
  return new Hono<ApiEnv>()
    .post("/v3/whitelabel/links/:id/subuser", requireScope(account, "whitelabel.update"), async (context) => {
      parentOnly(account, context);
      const { username } = await readBody(context, USER);
      const link = find(context);
      if (!link.valid) throw new Refusal(400, [{ message: "It must be validated first." }]);
      lent.set(username, link);
      return context.json(toJson(link));
    })
    .get("/v3/whitelabel/links/subuser", requireScope(account, "whitelabel.read"), (context) => {
      parentOnly(account, context);
      return context.json(toJson(lentTo(readQuery(context, USER).username)));
    })
    .delete("/v3/whitelabel/links/subuser", requireScope(account, "whitelabel.update"), (context) => {
      parentOnly(account, context);
      const { username } = readQuery(context, USER);
      lentTo(username);
      lent.delete(username);
      return context.body(null, 204);
    });
}
