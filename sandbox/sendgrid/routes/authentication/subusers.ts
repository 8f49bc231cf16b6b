import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";

const USER = z.strictObject({ username: z.string().min(1) });

export interface Lending<Item> {
  /** Path of the collection, e.g. `/v3/whitelabel/domains`. */
  path: string;
  /** The status with which giving one is answered. */
  given: 200 | 201;
  /** The item that the path names. @throws Refusal 404 */
  find(context: Context<ApiEnv>): Item;
  /** Whether it is there (still). */
  exists(item: Item): boolean;
  toJson(item: Item): Record<string, unknown>;
}

/**
 * What an account has lent to its subusers. Any user name is taken for a subuser's, and a second item takes the
 * place of the first. Mail is sent the same with and without.
 */
export function subuserRoutes<Item extends { valid: boolean }>(
  account: SendGridAccount,
  { path, given, find, exists, toJson }: Lending<Item>,
): Hono<ApiEnv> {
  const lent = new Map<string, Item>();
  const lentTo = (username: string) => {
    const item = lent.get(username);
    if (item === undefined || !exists(item))
      throw new Refusal(404, [{ message: "No association exists for this user." }]);
    return item;
  };
  const refuseSubuser = ({ var: { user } }: Context<ApiEnv>) => {
    if (user !== account.username) throw new Refusal(403, [{ field: null, message: "access forbidden" }]);
  };
  return new Hono<ApiEnv>()
    .post(`${path}/:id/subuser`, requireScope(account, "whitelabel.update"), async (context) => {
      refuseSubuser(context);
      const { username } = await readBody(context, USER);
      const item = find(context);
      if (!item.valid) throw new Refusal(400, [{ message: "It must be validated first." }]);
      lent.set(username, item);
      return context.json(toJson(item), given);
    })
    .get(`${path}/subuser`, requireScope(account, "whitelabel.read"), (context) => {
      refuseSubuser(context);
      return context.json(toJson(lentTo(readQuery(context, USER).username)));
    })
    .delete(`${path}/subuser`, requireScope(account, "whitelabel.update"), (context) => {
      refuseSubuser(context);
      const { username } = readQuery(context, USER);
      lentTo(username);
      lent.delete(username);
      return context.body(null, 204);
    });
}
