import { getZone } from "@pulumi/aws/route53/getZone";
import { Record } from "@pulumi/aws/route53/record";
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../faults";
import type { ExistingZone } from "../../mail-dns/dns-host";
import { isWithin, parseDomainName } from "../../mail-dns/domain-name";
import { existingRecords } from "../../mail-dns/route53";
import { previewHook } from "../../preview-hook";
import { refuse } from "../../refuse";

/** A name for the clients that stays the same when the server, and with it the address, is replaced. */
export interface RelayAddress {
  /** The Route 53 hosted zone's id, such as `Z0123456789ABCDEFGHIJ`: a private zone of the VPC, or a public one. */
  zoneId: pulumi.Input<string>;
  /** The whole name of the A record, in that zone, such as mail.example.com. Nothing else may have an A record there. */
  name: string;
  /** How long clients may keep the address, in seconds: 0 to 86400. Default 60. */
  ttl?: number;
}

/** Short, because a replacement takes a minute or two and nobody should look for the old server longer. */
const DEFAULT_TTL = 60;
/** Nobody should look for a server that was replaced for longer than a day. */
const LONGEST_TTL = 86_400;

/** What is wrong with an address, found before any look-up; paths begin with `address`. */
export function addressFaults(address: RelayAddress | undefined): Fault[] {
  if (address === undefined) {
    return [];
  }
  const { zoneId, name, ttl = DEFAULT_TTL } = address;
  const { faults } = parseDomainName(name, "address.name");
  if (typeof zoneId === "string" && !/^Z[0-9A-Z]{1,31}$/.test(zoneId)) {
    faults.push({
      path: "address.zoneId",
      value: zoneId,
      reason: "is not a hosted zone's id",
      next: "Give the id as Route 53 shows it: Z and more capital letters and digits, without /hostedzone/.",
    });
  }
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > LONGEST_TTL) {
    faults.push({
      path: "address.ttl",
      value: String(ttl),
      reason: `is not a whole number of seconds from 0 to ${LONGEST_TTL}`,
      next: "Leave it out for 60.",
    });
  }
  return faults;
}

/**
 * The A record of the relay's name. It follows whatever is in `opts.dependsOn`: with the queue's attachment there, the
 * name leads to a new server only when that has the queue, and goes first when all is destroyed.
 *
 * @param subject the component, for messages
 * @param address without faults by {@link addressFaults}
 * @returns the name, known in the first preview
 * @throws RunError in the preview, when the name does not lie in the zone (Route 53's provider would append the zone), or
 *   is taken there
 */
export function declareAddress(
  subject: string,
  logicalName: string,
  { zoneId, name, ttl = DEFAULT_TTL }: RelayAddress,
  target: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
  type: "A" | "CNAME" = "A",
): pulumi.Output<string> {
  const host = parseDomainName(name, "address.name").name;
  const checked = pulumi.output(zoneId).apply(async (id) => {
    const zone = await getZone({ zoneId: id }, { parent: opts.parent });
    refuse(subject, zoneFaults(host, zone.name, type));
    return id;
  });
  const free = previewHook(async ({ newInputs }) => {
    // The id is unknown, and its zone new, in the preview of a program that makes the zone too.
    if (typeof newInputs?.zoneId === "string") {
      const zone = await existingRecords(newInputs.zoneId, { parent: opts.parent });
      refuse(subject, takenFaults(host, zone));
    }
  });
  return new Record(
    logicalName,
    { zoneId: checked, name: host, type, ttl, records: [target] },
    { ...opts, hooks: free && { beforeCreate: [free] } },
  ).name;
}

/** A name with an A record has an owner already, and one with a CNAME can have no other record (RFC 1034). */
function takenFaults(host: string, { records }: ExistingZone): Fault[] {
  return records
    .filter(({ name, type }) => name === host && (type === "A" || type === "CNAME"))
    .map(({ type, value }) => ({
      path: "address.name",
      value: host,
      reason: `exists already in Route 53: ${type} ${value}`,
      next: "Give another name, or delete what is there if nothing needs it.",
    }));
}

function zoneFaults(host: string, zoneName: string, type: "A" | "CNAME"): Fault[] {
  const zone = zoneName.toLowerCase().replace(/\.$/, "");
  if (type === "CNAME" && host === zone) {
    // The zone's own name has SOA and NS records, beside which no CNAME can stand (RFC 1034).
    const reason = "is the zone's own name, which cannot lead to another name";
    return [
      { path: "address.name", value: host, reason, next: `Give a name below it, such as mail.${zone}.` },
    ];
  }
  return isWithin(host, zone)
    ? []
    : [
        {
          path: "address.name",
          value: host,
          reason: `does not lie in the zone ${zone}`,
          next: `Give a name that ends in .${zone}, or the id of the zone that has this name.`,
        },
      ];
}
