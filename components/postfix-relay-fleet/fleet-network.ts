import { getInstanceTypeOfferings } from "@pulumi/aws/ec2/getInstanceTypeOfferings";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet";
import { getVpc } from "@pulumi/aws/ec2/getVpc";
import * as pulumi from "@pulumi/pulumi";
import type { RelayNetwork } from "../postfix-relay/aws/network";
import { refuse } from "../refuse";
import { type FleetSubnet, subnetFaults } from "./subnet-faults";

/** Where the fleet stands, as looked up in the preview already. */
export interface FleetNetwork extends RelayNetwork {
  subnets: FleetSubnet[];
}

/**
 * Looks up the subnets, their VPC, and the zones that have the instance type.
 *
 * @throws RunError in the preview, with all that is wrong with the subnets
 */
export function findFleetNetwork(
  subject: string,
  subnetIds: pulumi.Input<string>[],
  instanceType: string,
  opts: pulumi.InvokeOptions,
): pulumi.Output<FleetNetwork> {
  return pulumi.all(subnetIds).apply(async (ids) => {
    const [subnets, offerings] = await Promise.all([
      Promise.all(ids.map((id) => describe(id, opts))),
      getInstanceTypeOfferings(
        {
          locationType: "availability-zone-id",
          filters: [{ name: "instance-type", values: [instanceType] }],
        },
        opts,
      ),
    ]);
    refuse(subject, subnetFaults(subnets, offerings.locations, instanceType));
    const [first] = subnets;
    if (first === undefined) throw new pulumi.RunError(`${subject} has no subnet`);
    const { id, cidrBlock } = await getVpc({ id: first.vpcId }, opts);
    return { vpcId: id, vpcRange: cidrBlock, zone: first.zone, subnets };
  });
}

async function describe(id: string, opts: pulumi.InvokeOptions): Promise<FleetSubnet> {
  const { vpcId, availabilityZone, availabilityZoneId, cidrBlock } = await getSubnet({ id }, opts);
  return { id, vpcId, zone: availabilityZone, zoneId: availabilityZoneId, range: cidrBlock };
}
