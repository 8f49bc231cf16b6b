import * as z from "zod";
import type { Asking } from "../api/collection";
import { byOffset, type Query } from "../api/paging";

const texts = z
  .array(z.string())
  .nullish()
  .transform((items) => items ?? []);

/** A dedicated address as the API lists it. */
export const DedicatedIp = z.object({
  ip: z.string(),
  rdns: z.string().nullish(),
  subusers: texts,
  pools: texts,
  warmup: z.boolean().nullish(),
  whitelabeled: z.boolean().nullish(),
});

/** The account's dedicated addresses, all or those that the filter says. */
export async function listDedicatedIps({ session, signal }: Asking, filter: Query = {}) {
  const purpose = { task: "list the IP addresses", scope: "ips.read" };
  return await session.list({ path: "/v3/ips", query: filter, purpose, signal }, DedicatedIp, byOffset());
}
