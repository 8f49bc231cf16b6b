import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import type { DedicatedIp } from "../../dedicated-ips";
import { OFFSET_PAGE } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, readQuery, requireScope } from "../../request";

const name = z.string().min(1).max(64);
const POOL = z.strictObject({ name });
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

/** /v3/ips and /v3/ips/pools. The addresses are there from the start, none is warming up, and no mail uses them. */
export function ipRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const { ips } = account;
  const pools = new Set<string>();
  const may = (scope: string) => requireScope(account, `ips.${scope}`);
  const findPool = (pool: string): string => {
    if (!pools.has(pool))
      throw new Refusal(404, [{ field: "pool_name", message: "Unable to locate specified IPs Pool" }]);
    return pool;
  };
  const refuseTaken = (pool: string) => {
    if (pools.has(pool)) throw new Refusal(400, [{ field: "name", message: "pool name exists" }]);
  };
  const shown = ({ ip, subusers, pools: in_ }: DedicatedIp) => ({
    ip,
    subusers: [...subusers],
    pools: [...in_],
    warmup: false,
    start_date: null,
    whitelabeled: false,
    assigned_at: null,
  });
  return new Hono<ApiEnv>()
    .get("/v3/ips", may("read"), (context) => {
      const { limit, offset, ip = "", subuser, sort_by_direction } = readQuery(context, LIST);
      const found = ips
        .all()
        .filter((each) => each.ip.startsWith(ip))
        .filter((each) => subuser === undefined || each.subusers.has(subuser));
      if (sort_by_direction === "desc") found.reverse();
      return context.json(found.slice(offset, offset + limit).map(shown));
    })
    .post("/v3/ips/pools", may("pools.create"), async (context) => {
      const { name } = await readBody(context, POOL);
      refuseTaken(name);
      if (pools.size >= MAX_POOLS) throw new Refusal(400, [{ field: null, message: "too many pools" }]);
      pools.add(name);
      return context.json({ name });
    })
    .get("/v3/ips/pools", may("pools.read"), (context) => context.json([...pools].map((name) => ({ name }))))
    .get("/v3/ips/pools/:pool", may("pools.read"), (context) => {
      const pool_name = findPool(context.req.param("pool"));
      return context.json({ pool_name, ips: ips.of("pools", pool_name) });
    })
    .put("/v3/ips/pools/:pool", may("pools.update"), async (context) => {
      const before = findPool(context.req.param("pool"));
      const { name } = await readBody(context, POOL);
      if (name !== before) refuseTaken(name);
      const members = ips.of("pools", before);
      pools.delete(before);
      pools.add(name);
      ips.assign("pools", before, []);
      ips.assign("pools", name, members);
      return context.json({ name });
    })
    .delete("/v3/ips/pools/:pool", may("pools.delete"), (context) => {
      const pool = findPool(context.req.param("pool"));
      pools.delete(pool);
      ips.assign("pools", pool, []);
      return context.body(null, 204);
    })
    .post("/v3/ips/pools/:pool/ips", may("pools.ips.create"), async (context) => {
      const pool = findPool(context.req.param("pool"));
      const { ip } = await readBody(context, IP);
      const found = ips.find(ip);
      if (found === undefined) throw new Refusal(404, [{ field: null, message: "resource not found" }]);
      found.pools.add(pool);
      return context.json({ ip, pools: [...found.pools], start_date: 0, warmup: false }, 201);
    })
    .delete("/v3/ips/pools/:pool/ips/:ip", may("pools.ips.delete"), (context) => {
      const pool = findPool(context.req.param("pool"));
      const found = ips.find(context.req.param("ip"));
      if (!found?.pools.has(pool)) throw new Refusal(404, [{ message: "resource not found" }]);
      found.pools.delete(pool);
      return context.body(null, 204);
    });
}
