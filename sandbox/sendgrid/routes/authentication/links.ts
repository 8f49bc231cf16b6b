import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Resolve } from "../../../dns";
import type { SendGridAccount } from "../../account";
import type { RequiredRecord } from "../../domains";
import { OFFSET_PAGE, Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";
import { type Validated, validate } from "../../validation";
import { type Lending, linkSubuserRoutes } from "./link-subusers";
import { domainShape, subdomainShape } from "./shapes";

interface Link extends Validated {
  id: number;
  user: string;
  domain: string;
  subdomain: string;
  isDefault: boolean;
}

const CREATE = z.strictObject({
  domain: domainShape,
  subdomain: subdomainShape.default("url"),
  default: z.boolean().default(false),
  region: z.enum(["eu", "us"]).default("us"),
});
const UPDATE = z.strictObject({ default: z.boolean().optional() });
const LIST = z.strictObject(OFFSET_PAGE);

/** /v3/whitelabel/links. The names that the records point to are not served: nobody clicks here. */
export function linkRoutes(account: SendGridAccount, resolve: Resolve): Hono<ApiEnv> {
  const links = new Records<Link>("Link whitelabel does not exist.");
  let lastId = 3_000_000;
  const may = (action: string) => requireScope(account, `whitelabel.${action}`);
  const find = (context: Context<ApiEnv>) => links.get(context.var.user, context.req.param("id") ?? "");
  const makeDefault = (user: string, link: Link) => {
    for (const each of links.all(user)) each.isDefault = each === link;
  };
  const toJson = (link: Link) => ({
    id: link.id,
    domain: link.domain,
    subdomain: link.subdomain,
    username: link.user,
    user_id: account.userIdOf(link.user),
    default: link.isDefault,
    valid: link.valid,
    legacy: false,
    dns: link.dns,
  });
  const lending: Lending<Link> = {
    find,
    exists: (link) => links.all(link.user).includes(link),
    toJson,
  };
  return new Hono<ApiEnv>()
    .route("/", linkSubuserRoutes(account, lending))
    .post("/v3/whitelabel/links", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const { user } = context.var;
      if (
        links.all(user).some((each) => each.domain === wanted.domain && each.subdomain === wanted.subdomain)
      )
        throw new Refusal(400, [{ message: "A link whitelabel already exists for this URL." }]);
      const id = ++lastId;
      const cname = (host: string): RequiredRecord => ({
        valid: false,
        type: "cname",
        host,
        data: "sendgrid.net",
      });
      const dns = {
        domain_cname: cname(`${wanted.subdomain}.${wanted.domain}`),
        owner_cname: cname(`${account.userIdOf(user)}.${wanted.domain}`),
      };
      const { domain, subdomain } = wanted;
      const link: Link = { id, user, domain, subdomain, isDefault: wanted.default, dns, valid: false };
      links.add(user, id, link);
      if (link.isDefault) makeDefault(user, link);
      return context.json(toJson(link), 201);
    })
    .get("/v3/whitelabel/links", may("read"), (context) => {
      const { limit, offset } = readQuery(context, LIST);
      return context.json(
        links
          .all(context.var.user)
          .slice(offset, offset + limit)
          .map(toJson),
      );
    })
    .get("/v3/whitelabel/links/:id", may("read"), (context) => context.json(toJson(find(context))))
    .patch("/v3/whitelabel/links/:id", may("update"), async (context) => {
      const link = find(context);
      const change = await readBody(context, UPDATE);
      if (change.default) makeDefault(context.var.user, link);
      else if (change.default === false) link.isDefault = false;
      return context.json(toJson(link));
    })
    .delete("/v3/whitelabel/links/:id", may("delete"), (context) => {
      links.delete(context.var.user, find(context).id);
      return context.body(null, 204);
    })
    .post("/v3/whitelabel/links/:id/validate", may("update"), async (context) => {
      const link = find(context);
      const results = await validate(link, resolve);
      return context.json({ id: link.id, valid: link.valid, validation_results: results });
    });
}
