import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import { getDnsRecords } from "@pulumi/cloudflare/getDnsRecords";
import { getZone } from "@pulumi/cloudflare/getZone";
import type * as pulumi from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import { OncePerRun } from "../once-per-run";
import type { DnsHost, ExistingZone } from "./dns-host";
import { quotedTxt, unquotedTxt } from "./txt";

export interface CloudflareArgs {
  /** The zone's id, 32 hexadecimal digits, shown on its overview page. */
  zoneId: pulumi.Input<string>;
}

/** Cloudflare's name for an automatic TTL. */
const AUTOMATIC_TTL = 1;
/** Longest record comment on a free plan. */
const LONGEST_COMMENT = 100;
/** More records than any plan of Cloudflare's takes in a zone. */
const ALL = 100_000;
/** What an adopted record keeps until it is this stack's. */
const KEPT = ["content", "priority", "ttl", "proxied", "comment", "settings", "tags"];

/** Many domains can share a zone, which is listed once. */
const zones = new OncePerRun<Promise<ExistingZone>>();

/**
 * Records in a Cloudflare zone. They are written in the spelling that Cloudflare itself returns (quoted TXT,
 * no trailing dots), so that a refresh changes nothing, and never proxied: a proxied CNAME hides its target,
 * and the smart host's validation would fail.
 */
export function cloudflare({ zoneId }: CloudflareArgs): DnsHost {
  return {
    name: "Cloudflare",
    createRecord: (name, record, opts) =>
      new DnsRecord(
        name,
        {
          zoneId,
          name: record.name,
          type: record.type,
          content: record.type === "TXT" ? output(record.value).apply(quotedTxt) : record.value,
          priority: record.priority,
          ttl: record.ttl ?? AUTOMATIC_TTL,
          proxied: record.type === "CNAME" ? false : undefined,
          comment: record.purpose.slice(0, LONGEST_COMMENT),
        },
        // A record of another type at the same name can only be made when the old one is gone.
        { ...opts, deleteBeforeReplace: true, ignoreChanges: opts.import ? KEPT : opts.ignoreChanges },
      ),
    existing: async ({ zoneId: id }, opts) =>
      typeof id === "string" ? zones.get(id, () => listZone(id, opts)) : undefined,
  };
}

async function listZone(zoneId: string, opts: pulumi.InvokeOptions): Promise<ExistingZone> {
  const [zone, { results }] = await Promise.all([
    getZone({ zoneId }, opts),
    getDnsRecords({ zoneId, maxItems: ALL }, opts),
  ]);
  const records = results.map(({ id, name, type, content, comment }) => ({
    importId: `${zoneId}/${id}`,
    name,
    type,
    value: type === "TXT" ? unquotedTxt(content) : content,
    comment,
  }));
  return { zone: zone.name, records };
}
