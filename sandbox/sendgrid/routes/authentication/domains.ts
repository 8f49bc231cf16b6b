import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Resolve } from "../../../dns";
import type { SendGridAccount } from "../../account";
import type { AuthenticatedDomain } from "../../domains";
import { Refusal } from "../../refusal";
import { type ApiEnv, queryNumber, readBody, readQuery, requireScope } from "../../request";
import { validate } from "../../validation";
import { domainSubuserRoutes } from "./domain-subusers";
import { domainShape, subdomainShape } from "./shapes";

const CREATE = z
  .strictObject({
    domain: domainShape,
    subdomain: subdomainShape.optional(),
    username: z.string().optional(),
    ips: z.array(z.ipv4()).default([]),
    custom_spf: z.boolean().default(false),
    default: z.boolean().default(false),
    automatic_security: z.boolean().default(true),
    custom_dkim_selector: z
      .string()
      .regex(/^[a-z0-9]{1,3}$/, "must be one to three letters or numbers")
      .optional(),
    region: z.enum(["global", "eu"]).default("global"),
  })
  .refine((wanted) => !(wanted.custom_spf && wanted.automatic_security), {
    path: ["custom_spf"],
    message: "is only available with automatic_security false",
  });
const UPDATE = z.strictObject({ default: z.boolean().optional(), custom_spf: z.boolean().optional() });
const IP = z.strictObject({ ip: z.ipv4() });
const LIST = z.strictObject({
  limit: queryNumber.default(50),
  offset: queryNumber.default(0),
  exclude_subusers: z.stringbool().default(false),
  username: z.string().optional(),
  domain: z.string().optional(),
});

/** /v3/whitelabel/domains. */
export function domainRoutes(account: SendGridAccount, resolve: Resolve): Hono<ApiEnv> {
  const { domains } = account;
  const may = (action: string) => requireScope(account, `whitelabel.${action}`);
  // A parent sees its subusers' domains; a subuser sees its own only.
  const owner = (context: Context<ApiEnv>) =>
    context.var.user === account.username ? undefined : context.var.user;
  const find = (context: Context<ApiEnv>) => domains.get(domainId(context.req.param("id")), owner(context));

  return (
    new Hono<ApiEnv>()
      .route("/", domainSubuserRoutes(account, find, toJson))
      .post("/v3/whitelabel/domains", may("create"), async (context) => {
        const wanted = await readBody(context, CREATE);
        const user = wanted.username === undefined ? context.var.user : account.actingUser(wanted.username);
        // region only decides where mail is sent from, and is never shown again: nothing here depends on it.
        const domain = await domains.create({
          owner: user,
          userId: account.userIdOf(user),
          domain: wanted.domain,
          subdomain: wanted.subdomain,
          ips: wanted.ips,
          customSpf: wanted.custom_spf,
          isDefault: wanted.default,
          automaticSecurity: wanted.automatic_security,
          customDkimSelector: wanted.custom_dkim_selector,
        });
        return context.json(toJson(domain), 201);
      })
      .get("/v3/whitelabel/domains", may("read"), (context) => {
        const { limit, offset, ...filter } = readQuery(context, LIST);
        const found = domains
          .list(owner(context))
          .filter((each) => !filter.exclude_subusers || each.owner === account.username)
          .filter((each) => filter.username === undefined || each.owner === filter.username)
          .filter((each) => filter.domain === undefined || each.domain.includes(filter.domain.toLowerCase()));
        return context.json(found.slice(offset, offset + limit).map(toListed));
      })
      .get("/v3/whitelabel/domains/:id", may("read"), (context) => context.json(toJson(find(context))))
      // The specification says that this answers with a list; the service sends the domain, as clients decode it.
      .patch("/v3/whitelabel/domains/:id", may("update"), async (context) => {
        const domain = find(context);
        const change = await readBody(context, UPDATE);
        domains.update(domain, { isDefault: change.default, customSpf: change.custom_spf });
        return context.json(toJson(domain));
      })
      .delete("/v3/whitelabel/domains/:id", may("delete"), (context) => {
        domains.delete(find(context));
        return context.body(null, 204);
      })
      .post("/v3/whitelabel/domains/:id/ips", may("update"), async (context) => {
        const domain = find(context);
        const { ip } = await readBody(context, IP);
        domains.changeIps(domain, [...new Set([...domain.ips, ip])]);
        return context.json(toJson(domain));
      })
      .delete("/v3/whitelabel/domains/:id/ips/:ip", may("update"), (context) => {
        const domain = find(context);
        const ip = context.req.param("ip");
        if (!domain.ips.includes(ip)) throw new Refusal(404, [{ message: "IP address does not exist." }]);
        domains.changeIps(
          domain,
          domain.ips.filter((each) => each !== ip),
        );
        return context.json(toJson(domain));
      })
      .post("/v3/whitelabel/domains/:id/validate", may("update"), async (context) => {
        const domain = find(context);
        const results = await validate(domain, resolve);
        return context.json({ id: domain.id, valid: domain.valid, validation_results: results });
      })
  );
}

function domainId(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text)) {
    throw new Refusal(404, [{ message: "Domain whitelabel does not exist." }]);
  }
  return Number(text);
}

/** A domain in the API's words. Region and DKIM selector are not among them. */
function toJson(domain: AuthenticatedDomain): Record<string, unknown> {
  return {
    id: domain.id,
    user_id: domain.userId,
    subdomain: domain.subdomain,
    domain: domain.domain,
    username: domain.owner,
    ips: domain.ips,
    custom_spf: domain.customSpf,
    default: domain.isDefault,
    legacy: false,
    automatic_security: domain.automaticSecurity,
    valid: domain.valid,
    dns: domain.dns,
  };
}

/** A domain in a list, which alone says when it was last validated. */
function toListed(domain: AuthenticatedDomain): Record<string, unknown> {
  const { lastValidationAttemptAt: last } = domain;
  return { ...toJson(domain), ...(last === undefined ? {} : { last_validation_attempt_at: last }) };
}
