import * as z from "zod";
import { ANYTHING, type SendGridApi } from "./api";
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

/** One of a list, read leniently: old entries that have nothing to do with ours must not stand in the way. */
const Listed = z.object({
  id: z.number().transform(String),
  domain: z.string(),
  subdomain: z.string().nullish(),
});

const PATH = "/v3/whitelabel/domains";
const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

/** The domain with an id, undefined if there is none. */
export async function findDomain(
  api: SendGridApi,
  id: string,
  signal: AbortSignal,
): Promise<Domain | undefined> {
  const purpose = { task: `read the authenticated domain ${id}`, scope: "whitelabel.read" };
  return await api.find({ method: "GET", path: pathOf(id), answer: Domain, purpose, signal });
}

/** The domain with a domain and a subdomain, of which an account can have only one. */
export async function findDomainByName(
  api: SendGridApi,
  domain: string,
  subdomain: string,
  signal: AbortSignal,
): Promise<{ id: string } | undefined> {
  const purpose = {
    task: `look for an authenticated domain ${subdomain}.${domain}`,
    scope: "whitelabel.read",
  };
  const found = await api.list({ path: PATH, query: { domain }, purpose, signal }, Listed);
  return found.find((each) => each.domain === domain && each.subdomain === subdomain);
}

/** Creates one. It must not be sent twice: see {@link ApiRequest.once}. */
export async function postDomain(
  api: SendGridApi,
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Domain> {
  const purpose = {
    task: `create the authenticated domain ${body.subdomain}.${body.domain}`,
    scope: "whitelabel.create",
  };
  return await api.request({ method: "POST", path: PATH, body, answer: Domain, purpose, signal, once: true });
}

/** Changes what can be changed. The answer is documented as a list and is an object: neither is relied on. */
export async function patchDomain(
  api: SendGridApi,
  id: string,
  body: { default?: boolean; custom_spf?: boolean },
  signal: AbortSignal,
): Promise<void> {
  const purpose = { task: `change the authenticated domain ${id}`, scope: "whitelabel.update" };
  await api.request({ method: "PATCH", path: pathOf(id), body, answer: ANYTHING, purpose, signal });
}

/** Adds an address to the domain's custom SPF record, or takes it out. */
export async function changeIp(
  api: SendGridApi,
  id: string,
  change: "add" | "remove",
  ip: string,
  signal: AbortSignal,
): Promise<void> {
  const purpose = {
    task: `${change} the address ${ip} of the authenticated domain ${id}`,
    scope: "whitelabel.update",
  };
  if (change === "add")
    await api.request({
      method: "POST",
      path: `${pathOf(id)}/ips`,
      body: { ip },
      answer: ANYTHING,
      purpose,
      signal,
    });
  else
    await api.find({
      method: "DELETE",
      path: `${pathOf(id)}/ips/${encodeURIComponent(ip)}`,
      answer: ANYTHING,
      purpose,
      signal,
    });
}

/** Deletes one; that it is gone already is as good. */
export async function deleteDomain(api: SendGridApi, id: string, signal: AbortSignal): Promise<void> {
  const purpose = { task: `delete the authenticated domain ${id}`, scope: "whitelabel.delete" };
  await api.find({ method: "DELETE", path: pathOf(id), answer: ANYTHING, purpose, signal });
}

const Validation = z.object({
  valid: z.boolean(),
  validation_results: z.record(z.string(), z.object({ valid: z.boolean(), reason: z.string().nullish() })),
});
export type Validation = z.output<typeof Validation>;

/** Has SendGrid look the records up in DNS. A domain that is not valid is no error. */
export async function validateDomain(api: SendGridApi, id: string, signal: AbortSignal): Promise<Validation> {
  const purpose = { task: `validate the authenticated domain ${id}`, scope: "whitelabel.update" };
  return await api.request({
    method: "POST",
    path: `${pathOf(id)}/validate`,
    answer: Validation,
    purpose,
    signal,
  });
}
