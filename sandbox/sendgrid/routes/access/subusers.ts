import { type Context, Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { OFFSET_PAGE } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";
import type { Subuser } from "../../subusers";
import { DEDICATED_IPS } from "../delivery/dedicated-ips";

const ips = z.array(z.ipv4());
const CREATE = z.strictObject({
  username: z.string().min(1),
  email: z.email(),
  password: z.string().min(1),
  ips,
  region: z.enum(["global", "eu"]).default("global"),
  include_region: z.boolean().default(false),
});
const SWITCH = z.strictObject({ disabled: z.boolean() });
const LIST = z.strictObject({
  ...OFFSET_PAGE,
  username: z.string().default(""),
  region: z.enum(["all", "global", "eu"]).default("all"),
  include_region: z.stringbool().default(false),
});

/**
 * /v3/subusers. A subuser that is disabled, or may not use the website, is noted as such and works all the same; its
 * credits are unlimited.
 */
export function subuserRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const { subusers } = account;
  const may = (action: string) => requireScope(account, `subusers.${action}`);
  const parentOnly: MiddlewareHandler<ApiEnv> = async (context, next) => {
    if (context.var.user === account.username) return await next();
    throw new Refusal(403, [{ message: "you dont have permission to access this resource" }]);
  };
  const find = (context: Context<ApiEnv>): Subuser => {
    const found = subusers.find(context.req.param("name") ?? "");
    if (found === undefined) throw new Refusal(404, [{ message: "username does not exist" }]);
    return found;
  };
  return new Hono<ApiEnv>()
    .post("/v3/subusers", may("create"), parentOnly, async (context) => {
      const { include_region, ...wanted } = await readBody(context, CREATE);
      if (wanted.username === account.username || subusers.find(wanted.username) !== undefined)
        throw new Refusal(400, [{ message: "username exists" }]);
      refuseForeign(wanted.ips);
      const { username, id, email, region } = subusers.add(wanted);
      const made = { username, user_id: id, email, credit_allocation: { type: "unlimited" } };
      return context.json({ ...made, ...(include_region ? { region } : {}) });
    })
    .get("/v3/subusers", may("read"), parentOnly, (context) => {
      const wanted = readQuery(context, LIST);
      const found = subusers
        .all()
        .filter(({ username }) => username.startsWith(wanted.username))
        .filter(({ region }) => wanted.region === "all" || region === wanted.region)
        .slice(wanted.offset, wanted.offset + wanted.limit);
      return context.json(
        found.map(({ id, username, email, disabled, region }) => ({
          ...{ id, username, email, disabled },
          ...(wanted.include_region ? { region } : {}),
        })),
      );
    })
    .patch("/v3/subusers/:name", may("update"), parentOnly, async (context) => {
      const { disabled } = await readBody(context, SWITCH);
      find(context).disabled = disabled;
      return context.body(null, 204);
    })
    .patch("/v3/subusers/:name/website_access", may("update"), parentOnly, async (context) => {
      const { disabled } = await readBody(context, SWITCH);
      find(context).websiteAccess = !disabled;
      return context.body(null, 204);
    })
    .put("/v3/subusers/:name/ips", may("update"), parentOnly, async (context) => {
      const wanted = await readBody(context, ips);
      refuseForeign(wanted);
      find(context).ips = wanted;
      return context.json({ ips: wanted });
    })
    .delete("/v3/subusers/:name", may("delete"), parentOnly, (context) => {
      subusers.delete(find(context).username);
      return context.body(null, 204);
    });
}

function refuseForeign(wanted: readonly string[]): void {
  if (!wanted.every((ip) => DEDICATED_IPS.includes(ip)))
    throw new Refusal(400, [{ message: "unable to validate IPs at this time" }]);
}
