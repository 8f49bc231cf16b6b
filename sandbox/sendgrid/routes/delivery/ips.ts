import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { OFFSET_PAGE } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";
import { DEDICATED_IPS } from "./dedicated-ips";

const POOL = z.strictObject({ name: z.string().min(1).max(64) });
const IP = z.strictObject({ ip: z.ipv4() });
const LIST = z.strictObject({
  ...OFFSET_PAGE,
  ip: z.string().optional(),
  exclude_whitelabels: z.stringbool().default(false),
  subuser: z.string().optional(),
  sort_by_direction: z.enum(["asc", "desc"]).default("asc"),
});

/** SendGrid's limit of pools per account. */
const MAX_POOLS = 100;

/** When the addresses came into the account, in seconds since 1970: the first of January 2026. */
const ASSIGNED_AT = 1_767_225_600;

/**
 * /v3/ips and /v3/ips/pools. The addresses are there from the start, may all send and can be in a pool at once; none is
 * warming up, none has a reverse DNS record here, whatever /v3/whitelabel/ips says, and no mail uses them.
 */
export function ipRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const pools = new Map<string, Set<string>>();
  const may = (scope: string) => requireScope(account, `ips.${scope}`);
  const poolsOf = (ip: string) => [...pools].filter(([, ips]) => ips.has(ip)).map(([name]) => name);
  const subusersOf = (ip: string) => account.subusers.all().filter(({ ips }) => ips.includes(ip));
  const find = (context: Context<ApiEnv>) => {
    const pool_name = context.req.param("pool") ?? "";
    const ips = pools.get(pool_name);
    if (ips === undefined)
      throw new Refusal(404, [{ field: "pool_name", message: "Unable to locate specified IPs Pool" }]);
    return { pool_name, ips };
  };
  const refuseTaken = (name: string) => {
    if (pools.has(name)) throw new Refusal(400, [{ field: "name", message: "pool name exists" }]);
  };
  return new Hono<ApiEnv>()
    .get("/v3/ips", may("read"), (context) => {
      const { limit, offset, ip: prefix = "", subuser, sort_by_direction } = readQuery(context, LIST);
      const found = DEDICATED_IPS.map((ip) => ({
        ip,
        subusers: subusersOf(ip).map(({ username }) => username),
        pools: poolsOf(ip),
        warmup: false,
        start_date: null,
        whitelabeled: false,
        assigned_at: ASSIGNED_AT,
      }))
        .filter(({ ip }) => ip.startsWith(prefix))
        .filter(({ subusers }) => subuser === undefined || subusers.includes(subuser));
      if (sort_by_direction === "desc") found.reverse();
      return context.json(found.slice(offset, offset + limit));
    })
    .post("/v3/ips/pools", may("pools.create"), async (context) => {
      const { name } = await readBody(context, POOL);
      refuseTaken(name);
      if (pools.size >= MAX_POOLS) throw new Refusal(400, [{ field: null, message: "too many pools" }]);
      pools.set(name, new Set());
      return context.json({ name });
    })
    .get("/v3/ips/pools", may("pools.read"), (context) =>
      context.json([...pools.keys()].map((name) => ({ name }))),
    )
    .get("/v3/ips/pools/:pool", may("pools.read"), (context) => {
      const { pool_name, ips } = find(context);
      return context.json({ pool_name, ips: [...ips] });
    })
    .put("/v3/ips/pools/:pool", may("pools.update"), async (context) => {
      const { pool_name, ips } = find(context);
      const { name } = await readBody(context, POOL);
      if (name !== pool_name) refuseTaken(name);
      pools.delete(pool_name);
      pools.set(name, ips);
      return context.json({ name });
    })
    .delete("/v3/ips/pools/:pool", may("pools.delete"), (context) => {
      pools.delete(find(context).pool_name);
      return context.body(null, 204);
    })
    .post("/v3/ips/pools/:pool/ips", may("pools.ips.create"), async (context) => {
      const { ips } = find(context);
      const { ip } = await readBody(context, IP);
      if (!DEDICATED_IPS.includes(ip))
        throw new Refusal(404, [{ field: null, message: "resource not found" }]);
      ips.add(ip);
      return context.json({ ip, pools: poolsOf(ip), start_date: 0, warmup: false }, 201);
    })
    .delete("/v3/ips/pools/:pool/ips/:ip", may("pools.ips.delete"), (context) => {
      const { ips } = find(context);
      if (!ips.delete(context.req.param("ip")))
        throw new Refusal(404, [{ field: null, message: "resource not found" }]);
      return context.body(null, 204);
    });
}
