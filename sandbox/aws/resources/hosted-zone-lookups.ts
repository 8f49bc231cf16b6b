import * as z from "zod";
import { defineFunction } from "../../../providers/kit";
import type { HostedZone } from "../hosted-zones";
import type { RecordSet } from "../record-sets";
import { zoneArn } from "./hosted-zone";
import { theOnly } from "./lookups";
import type { Session } from "./properties";

/** `aws.route53.getZone`: a zone by its id, or by its name with or without trailing dot. */
export const getZone = defineFunction<Session>()({
  token: "aws:route53/getZone:getZone",
  inputs: z.object({
    zoneId: z.string().optional().meta({ description: "Its id." }),
    name: z.string().optional().meta({ description: "Its name." }),
    privateZone: z.boolean().optional().meta({ description: "Whether it is private; here none is." }),
  }),
  outputs: z.object({
    arn: z.string(),
    callerReference: z.string(),
    comment: z.string(),
    id: z.string(),
    linkedServiceDescription: z.string(),
    linkedServicePrincipal: z.string(),
    name: z.string(),
    nameServers: z.array(z.string()),
    primaryNameServer: z.string(),
    privateZone: z.boolean(),
    resourceRecordSetCount: z.int(),
    tags: z.record(z.string(), z.string()),
    zoneId: z.string(),
  }),
  call: async ({ inputs: { zoneId, name, privateZone = false }, session }) => {
    if ((zoneId === undefined) === (name === undefined)) {
      throw new Error("getZone: exactly one of zoneId and name must be given");
    }
    const { hostedZones } = session;
    const named = name?.toLowerCase().replace(/\.$/, "");
    const candidates = privateZone ? [] : hostedZones.list().filter((each) => each.name === named);
    const zone =
      zoneId === undefined ? theOnly(candidates, "Route 53 Hosted Zone") : hostedZones.zone(zoneId);
    const { id, comment, callerReference, nameServers, tags } = zone;
    return {
      arn: zoneArn(session, id),
      ...{ callerReference, comment, id, zoneId: id, name: zone.name, nameServers, tags },
      ...{ linkedServiceDescription: "", linkedServicePrincipal: "", privateZone: false },
      primaryNameServer: nameServers[0] ?? "",
      resourceRecordSetCount: ownSets(zone).length + hostedZones.recordSets(id).length,
    };
  },
});

/**
 * `aws.route53.getRecords`: the record sets of a zone, those among them whose names match. As with the real one, names
 * are those of the API, with a trailing dot and `\052` for `*`, and the expression is compared with these; TXT values
 * have their quotes; the zone's own SOA and NS are among them. What does not apply to a plain record is absent.
 * Stricter: expressions that JavaScript reads, where the real one takes those of Go.
 */
export const getRecords = defineFunction<Session>()({
  token: "aws:route53/getRecords:getRecords",
  inputs: z.object({
    zoneId: z.string().min(1).meta({ description: "The hosted zone." }),
    nameRegex: z.string().optional().meta({ description: "A regular expression for names." }),
  }),
  outputs: z.object({
    zoneId: z.string(),
    nameRegex: z.string().optional(),
    resourceRecordSets: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        ttl: z.int(),
        resourceRecords: z.array(z.object({ value: z.string() })),
      }),
    ),
  }),
  call: async ({ inputs: { zoneId, nameRegex }, session }) => {
    const zone = session.hostedZones.zone(zoneId);
    const pattern = new RegExp(nameRegex ?? "", "u");
    const sets = [...ownSets(zone), ...session.hostedZones.recordSets(zoneId)].map((set) => ({
      name: apiName(set.name),
      type: set.type,
      ttl: set.ttl,
      resourceRecords: set.records.map((value) => ({ value })),
    }));
    return { zoneId, nameRegex, resourceRecordSets: sets.filter(({ name }) => pattern.test(name)) };
  },
});

/** A name as the API gives it: characters besides letters, digits, hyphen and underscore in octal. */
function apiName(name: string): string {
  return `${name.replace(/^\*/, "\\052")}.`;
}

/** The NS and SOA that every zone has from its creation. */
function ownSets({ name, nameServers }: HostedZone): (Omit<RecordSet, "type"> & { type: string })[] {
  const [primary = ""] = nameServers;
  const soa = `${primary}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
  return [
    { name, type: "NS", ttl: 172_800, records: nameServers.map((server) => `${server}.`) },
    { name, type: "SOA", ttl: 900, records: [soa] },
  ];
}
