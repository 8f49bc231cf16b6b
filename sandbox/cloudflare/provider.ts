import * as z from "zod";
import { defineProvider } from "../../providers/kit";
import type { CloudflareAccount } from "./account";
import { DnsRecord } from "./dns-record";
import { getDnsRecords } from "./get-dns-records";
import { getZone } from "./get-zone";

/** The version of @pulumi/cloudflare that it answers; the engine warns about any other. */
export const cloudflareSdkVersion = "6.22.1";

/**
 * A substitute for the Cloudflare provider, to be served and attached through PULUMI_DEBUG_PROVIDERS: DNS records
 * and the look-ups of records and zones. Stricter than the real one, which drops unknown properties and takes
 * spellings that drift. It does not show API tokens and their permissions: any will do.
 */
export function cloudflareProvider(account: CloudflareAccount) {
  return defineProvider({
    name: "cloudflare",
    version: cloudflareSdkVersion,
    // Tokens and endpoints of the real API, none of which matters here.
    config: z.looseObject({}),
    connect: () => account,
    resources: [DnsRecord],
    functions: [getDnsRecords, getZone],
  });
}
