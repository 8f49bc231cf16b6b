import * as z from "zod";
import { defineResource, sameMembers } from "../../../providers/kit";
import type { LoadBalancer as Stored } from "../load-balancing";
import { type Session, tags, tagsAll } from "./properties";

/** Names of balancers and target groups (ELB API reference, CreateLoadBalancer). */
export const balancingName = z
  .string()
  .regex(
    /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
    "is not 1 to 32 letters, digits and hyphens",
  );

const balancerInputs = z.object({
  name: balancingName.meta({ description: "Its name.", replace: true }),
  loadBalancerType: z.literal("network").meta({ description: "The kind.", replace: true }),
  internal: z.literal(true).meta({ description: "Whether it has private addresses only.", replace: true }),
  subnets: z.array(z.string()).min(1).meta({ description: "One of each zone.", equals: sameMembers }),
  securityGroups: z
    .array(z.string())
    .min(1)
    .meta({ description: "Its security groups.", equals: sameMembers }),
  enableCrossZoneLoadBalancing: z
    .boolean()
    .optional()
    .meta({ description: "Whether all zones are served alike." }),
  tags,
});

/** `aws.lb.LoadBalancer`. Stricter: internal Network Load Balancers with security groups. It balances nothing. */
export const LoadBalancer = defineResource<Session>()({
  token: "aws:lb/loadBalancer:LoadBalancer",
  autoName: "name",
  inputs: balancerInputs,
  outputs: z.object({
    arn: z.string(),
    arnSuffix: z.string(),
    dnsName: z.string(),
    vpcId: z.string(),
    zoneId: z.string(),
    tagsAll,
  }),
  replaces: (property, before, after) => {
    if (property === "subnets") {
      const left = listOf(after.subnets);
      return listOf(before.subnets).some((subnet) => !left.includes(subnet));
    }
    return (
      property === "securityGroups" &&
      (listOf(before.securityGroups).length === 0) !== (listOf(after.securityGroups).length === 0)
    );
  },
  preview: ({ tags }) => ({ tagsAll: tags ?? {} }),
  create: async ({ inputs, session }) => {
    const made = session.loadBalancing.createLoadBalancer({ name: inputs.name, ...toStore(inputs) });
    return { id: made.arn, outputs: outputsOf(made, inputs.tags) };
  },
  read: async ({ id, inputs, session }) => {
    const found = session.loadBalancing.loadBalancers.get(id);
    if (found === undefined) return undefined;
    const { name, subnetIds, securityGroupIds, crossZone } = found;
    return {
      inputs: balancerInputs.parse({
        name,
        loadBalancerType: "network",
        internal: true,
        subnets: subnetIds,
        securityGroups: securityGroupIds,
        enableCrossZoneLoadBalancing: crossZone,
        tags: inputs?.tags,
      }),
      outputs: outputsOf(found, inputs?.tags),
    };
  },
  update: async ({ id, inputs, session }) =>
    outputsOf(session.loadBalancing.changeLoadBalancer(id, toStore(inputs)), inputs.tags),
  delete: async ({ id, session }) => session.loadBalancing.deleteLoadBalancer(id),
});

/** One value stands for a list of one. */
function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat();
}

function toStore(given: z.output<typeof balancerInputs>) {
  return {
    subnetIds: given.subnets,
    securityGroupIds: given.securityGroups,
    crossZone: given.enableCrossZoneLoadBalancing ?? false,
  };
}

function outputsOf({ arn, dnsName, vpcId }: Stored, given: Record<string, string> | undefined) {
  const arnSuffix = arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length);
  // The zone of Network Load Balancers' names in eu-central-1 (AWS, "Elastic Load Balancing endpoints and quotas").
  return { arn, arnSuffix, dnsName, vpcId, zoneId: "Z3F0SRJ5LGBH90", tagsAll: given ?? {} };
}
