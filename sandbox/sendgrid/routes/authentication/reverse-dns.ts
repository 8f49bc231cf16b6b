import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Resolve } from "../../../dns";
import type { SendGridAccount } from "../../account";
import { OFFSET_PAGE, Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";
import { type Validated, validate } from "../../validation";
import { domainShape, subdomainShape } from "./shapes";

interface ReverseDns extends Validated {
  id: number;
  user: string;
  ip: string;
  rdns: string;
  subdomain: string;
  domain: string;
}

const CREATE = z.strictObject({ ip: z.ipv4(), subdomain: subdomainShape.default("o1"), domain: domainShape });
const LIST = z.strictObject({ ...OFFSET_PAGE, ip: z.string().optional() });

/**
 * /v3/whitelabel/ips. Any address is taken for one of the account's dedicated ones, and its PTR record is served
 * nowhere.
 */
export function reverseDnsRoutes(account: SendGridAccount, resolve: Resolve): Hono<ApiEnv> {
  const records = new Records<ReverseDns>("IP whitelabel does not exist.");
  let lastId = 5_000_000;
  const may = (action: string) => requireScope(account, `whitelabel.${action}`);
  const find = (context: Context<ApiEnv>) => records.get(context.var.user, context.req.param("id") ?? "");
  const toJson = (each: ReverseDns) => ({
    id: each.id,
    ip: each.ip,
    rdns: each.rdns,
    users: [{ username: each.user, user_id: account.userIdOf(each.user) }],
    subdomain: each.subdomain,
    domain: each.domain,
    valid: each.valid,
    legacy: false,
    ...(each.lastValidationAttemptAt === undefined
      ? {}
      : { last_validation_attempt_at: each.lastValidationAttemptAt }),
    a_record: each.dns.a_record,
  });
  return new Hono<ApiEnv>()
    .post("/v3/whitelabel/ips", may("create"), async (context) => {
      const { ip, subdomain, domain } = await readBody(context, CREATE);
      const { user } = context.var;
      if (records.all(user).some((each) => each.ip === ip))
        throw new Refusal(400, [
          { field: "ip", message: "A reverse DNS record already exists for this IP address." },
        ]);
      const id = ++lastId;
      const host = `o${records.all(user).length + 1}.${subdomain}.${domain}`;
      const dns = { a_record: { valid: false, type: "a" as const, host, data: ip } };
      const made: ReverseDns = { id, user, ip, rdns: host, subdomain, domain, dns, valid: false };
      return context.json(toJson(records.add(user, id, made)), 201);
    })
    .get("/v3/whitelabel/ips", may("read"), (context) => {
      const { limit, offset, ip = "" } = readQuery(context, LIST);
      const found = records.all(context.var.user).filter((each) => each.ip.startsWith(ip));
      return context.json(found.slice(offset, offset + limit).map(toJson));
    })
    .get("/v3/whitelabel/ips/:id", may("read"), (context) => context.json(toJson(find(context))))
    .delete("/v3/whitelabel/ips/:id", may("delete"), (context) => {
      records.delete(context.var.user, find(context).id);
      return context.body(null, 204);
    })
    .post("/v3/whitelabel/ips/:id/validate", may("update"), async (context) => {
      const record = find(context);
      const results = await validate(record, resolve);
      return context.json({ id: record.id, valid: record.valid, validation_results: results });
    });
}
