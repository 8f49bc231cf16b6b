import * as z from "zod";
import { defineResource } from "../../../providers/kit";
import { nameFault } from "../../dns/spelling";
import type { AwsAccount } from "../account";
import type { HostedZone } from "../hosted-zones";
import { type Session, tags, tagsAll } from "./properties";

/** `aws.route53.Zone`. Stricter than the real one: a public zone, with a name as a refresh gives it back. */
export const Zone = defineResource<Session>()({
  token: "aws:route53/zone:Zone",
  inputs: z.object({
    name: z.string().meta({ description: "The domain.", replace: true }),
    comment: z.string().max(256).default("Managed by Pulumi").meta({ description: "A note." }),
    forceDestroy: z.boolean().optional().meta({ description: "Deletes its records with it." }),
    tags,
  }),
  outputs: z.object({
    arn: z.string(),
    zoneId: z.string(),
    nameServers: z.array(z.string()),
    primaryNameServer: z.string(),
    tagsAll,
  }),
  rules: [{ properties: ["name"], fault: ({ name }) => nameFault(name) }],
  preview: (inputs) => ({ tagsAll: inputs.tags ?? {} }),
  create: async ({ inputs: { name, comment, tags = {} }, session }) => {
    const zone = session.hostedZones.create({ name, comment, tags });
    return { id: zone.id, outputs: outputsOf(session, zone) };
  },
  read: async ({ id, session }) => {
    const zone = session.hostedZones.find(id);
    if (zone === undefined) return undefined;
    const { name, comment, tags } = zone;
    return { inputs: { name, comment, tags }, outputs: outputsOf(session, zone) };
  },
  update: async ({ id, inputs: { comment, tags = {} }, session }) =>
    outputsOf(session, session.hostedZones.change(id, { comment, tags })),
  delete: async ({ id, inputs, session }) =>
    session.hostedZones.delete(id, { withRecords: inputs.forceDestroy === true }),
});

/** The ARN of a hosted zone, which has neither region nor account. */
export function zoneArn({ partition }: AwsAccount, id: string): string {
  return `arn:${partition}:route53:::hostedzone/${id}`;
}

function outputsOf(account: AwsAccount, { id, nameServers, tags }: HostedZone) {
  const [primaryNameServer = ""] = nameServers;
  return { arn: zoneArn(account, id), zoneId: id, nameServers, primaryNameServer, tagsAll: tags };
}
