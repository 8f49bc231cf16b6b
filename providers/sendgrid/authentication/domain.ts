import * as z from "zod";
import { ANYTHING } from "../api/api";
import { type Asking, Collection } from "../api/collection";
import { byOffset } from "../api/paging";
import { ApiRecords } from "./dns-records";

/** An authenticated domain as the API shows it (GET /v3/whitelabel/domains/{id}). */
export const Domain = z.object({
  id: z.number().transform(String),
  domain: z.string(),
  subdomain: z.string(),
  username: z.string(),
  ips: z
    .array(z.string())
    .nullable()
    .transform((ips) => ips ?? []),
  custom_spf: z.boolean(),
  default: z.boolean(),
  automatic_security: z.boolean(),
  valid: z.boolean(),
  dns: ApiRecords,
});
export type Domain = z.output<typeof Domain>;

/** The account's authenticated domains, those of its subusers included. */
export const domains = new Collection({
  noun: "authenticated domain",
  path: "/v3/whitelabel/domains",
  scope: "whitelabel",
  item: Domain,
  paging: byOffset(),
});

/** The domain with a domain and a subdomain, of which an account can have only one. */
export async function findDomainByName(
  { session, signal }: Asking,
  domain: string,
  subdomain: string,
): Promise<string | undefined> {
  // Old entries that have nothing to do with ours must not stand in the way: only this much is read.
  const named = z.object({ id: z.number(), domain: z.string(), subdomain: z.string().nullish() });
  const purpose = {
    task: `look for an authenticated domain ${subdomain}.${domain}`,
    scope: "whitelabel.read",
  };
  const request = { path: "/v3/whitelabel/domains", query: { domain }, purpose, signal };
  const found = await session.list(request, named, byOffset());
  return found.find((each) => each.domain === domain && each.subdomain === subdomain)?.id.toString();
}

/** Adds an address to the domain's custom SPF record, or takes it out. */
export async function changeIp(
  { session, signal }: Asking,
  id: string,
  change: "add" | "remove",
  ip: string,
): Promise<void> {
  const task = `${change} the address ${ip} of the authenticated domain ${id}`;
  const common = { answer: ANYTHING, purpose: { task, scope: "whitelabel.update" }, signal };
  const path = `${domains.pathOf(id)}/ips`;
  if (change === "add") await session.request({ ...common, method: "POST", path, body: { ip } });
  else await session.find({ ...common, method: "DELETE", path: `${path}/${encodeURIComponent(ip)}` });
}
