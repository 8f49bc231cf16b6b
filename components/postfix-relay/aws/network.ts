import { getInstanceTypeOfferings } from "@pulumi/aws/ec2/getInstanceTypeOfferings";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet";
import { getSubnets } from "@pulumi/aws/ec2/getSubnets";
import { getVpc } from "@pulumi/aws/ec2/getVpc";
import * as pulumi from "@pulumi/pulumi";
import { chooseSubnet, type SubnetChoice } from "./zone";

/** Where the relay stands, as looked up in the preview already. */
export interface RelayNetwork {
  vpcId: string;
  /** The VPC's first IPv4 range. */
  vpcRange: string;
  /** The zone for a queue volume that does not exist yet. */
  zone: string;
  /** The subnet to use in a zone: the named one, or the zone's default subnet. */
  subnets: SubnetChoice[];
}

/** Looks up the named subnet, or the default VPC with a default subnet whose zone offers the instance type. */
export function findNetwork(
  subnetId: pulumi.Input<string> | undefined,
  instanceType: string,
  opts: pulumi.InvokeOptions,
): pulumi.Output<RelayNetwork> {
  return pulumi
    .output(subnetId)
    .apply((id) => (id === undefined ? defaultNetwork(instanceType, opts) : namedNetwork(id, opts)));
}

async function namedNetwork(subnetId: string, opts: pulumi.InvokeOptions): Promise<RelayNetwork> {
  const subnet = await describeSubnet(subnetId, opts);
  const vpc = await getVpc({ id: subnet.vpcId }, opts);
  return { vpcId: vpc.id, vpcRange: vpc.cidrBlock, zone: subnet.zone, subnets: [subnet] };
}

async function defaultNetwork(instanceType: string, opts: pulumi.InvokeOptions): Promise<RelayNetwork> {
  // Default subnets exist in the default VPC only, so that nothing here has to wait for the VPC.
  const [vpc, offerings, subnets] = await Promise.all([
    getVpc({ default: true }, opts),
    getInstanceTypeOfferings(
      { locationType: "availability-zone-id", filters: [{ name: "instance-type", values: [instanceType] }] },
      opts,
    ),
    defaultSubnets(opts),
  ]);
  const chosen = chooseSubnet(subnets, offerings.locations);
  if (!chosen) {
    throw new pulumi.RunError(
      `no default subnet of the default VPC ${vpc.id} lies in a zone that offers ${instanceType} ` +
        `(${subnets.length} default subnets; offered in ${offerings.locations.join(", ") || "no zone"}). ` +
        "Name a subnet, or another instance type.",
    );
  }
  return { vpcId: vpc.id, vpcRange: vpc.cidrBlock, zone: chosen.zone, subnets };
}

async function defaultSubnets(opts: pulumi.InvokeOptions): Promise<SubnetChoice[]> {
  const { ids } = await getSubnets({ filters: [{ name: "default-for-az", values: ["true"] }] }, opts);
  return await Promise.all(ids.map((id) => describeSubnet(id, opts)));
}

async function describeSubnet(id: string, opts: pulumi.InvokeOptions): Promise<SubnetChoice> {
  const subnet = await getSubnet({ id }, opts);
  return { id, vpcId: subnet.vpcId, zone: subnet.availabilityZone, zoneId: subnet.availabilityZoneId };
}

/** The subnet in the queue volume's zone: the volume cannot leave its zone, and the mail in it must not be lost. */
export function subnetInZone({ subnets }: RelayNetwork, zone: string): string {
  const subnet = subnets.find((candidate) => candidate.zone === zone);
  if (!subnet) {
    const known = subnets.map((candidate) => `${candidate.id} in ${candidate.zone}`).join(", ");
    throw new pulumi.RunError(
      `the relay's queue volume lies in ${zone}, and no subnet to use lies there (${known}). ` +
        `Name a subnet in ${zone}; or make a second relay, move its clients there, and remove this one when its queue is empty.`,
    );
  }
  return subnet.id;
}
