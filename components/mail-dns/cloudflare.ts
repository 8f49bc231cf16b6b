import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import { getZone } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";
import type { DnsHost } from "./dns-host";
import { isWithin } from "./domain-name";
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
 *
 * A name outside the zone is refused in the preview. Cloudflare would append the zone's name to it.
 */
export function cloudflare({ zoneId }: CloudflareArgs): DnsHost {
  let zoneName: pulumi.Output<string> | undefined;
  return {
    name: "Cloudflare",
    createRecord: (name, record, opts) => {
      const { parent, provider } = opts;
      zoneName ??= pulumi.output(zoneId).apply((id) => nameOfZone(id, { parent, provider }));
      return new DnsRecord(
        name,
        {
          zoneId: pulumi.all([zoneId, zoneName]).apply(([id, zone]) => {
            refuseOutside(record.name, zone, id);
            return id;
          }),
          name: record.name,
          type: record.type,
          content: record.type === "TXT" ? pulumi.output(record.value).apply(quotedTxt) : record.value,
          priority: record.priority,
          ttl: record.ttl ?? AUTOMATIC_TTL,
          proxied: record.type === "CNAME" ? false : undefined,
          comment: record.purpose.slice(0, LONGEST_COMMENT),
        },
        opts,
      );
    },
  };
}

async function nameOfZone(zoneId: string, opts: pulumi.InvokeOptions): Promise<string> {
  const { name } = await getZone({ zoneId }, opts);
  return name;
}

function refuseOutside(recordName: string, zone: string, zoneId: string): void {
  if (!isWithin(recordName, zone)) {
    throw new pulumi.RunError(
      `the record ${recordName} does not lie in the Cloudflare zone ${zone} (${zoneId}). ` +
        "Give the id of the zone that holds the domain, or another domain.",
    );
  }
}
