import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import * as pulumi from "@pulumi/pulumi";
import type { DnsHost } from "./dns-host";
import { quotedTxt } from "./record";

export interface CloudflareArgs {
  /** The zone's id, 32 hexadecimal digits, shown on its overview page. */
  zoneId: pulumi.Input<string>;
}

/** Cloudflare's name for an automatic TTL. */
const AUTOMATIC_TTL = 1;
/** Longest record comment on a free plan. */
const LONGEST_COMMENT = 100;

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
          content: record.type === "TXT" ? pulumi.output(record.value).apply(quotedTxt) : record.value,
          priority: record.priority,
          ttl: record.ttl ?? AUTOMATIC_TTL,
          proxied: record.type === "CNAME" ? false : undefined,
          comment: record.purpose.slice(0, LONGEST_COMMENT),
        },
        opts,
      ),
  };
}
