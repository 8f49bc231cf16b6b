import type { Fault } from "../faults";
import type { SubnetChoice } from "../postfix-relay/aws/zone";

/** A subnet that servers of a fleet stand in. */
export interface FleetSubnet extends SubnetChoice {
  /** Its IPv4 range, as CIDR. */
  range: string;
}

/**
 * What is wrong with the subnets of a fleet: they lie in one VPC, each in a zone of its own that has the instance type.
 * A balancer takes one subnet of a zone.
 *
 * @param subnets in the order of `subnetIds`
 * @param zoneIds the zones that have the type
 */
export function subnetFaults(
  subnets: readonly FleetSubnet[],
  zoneIds: readonly string[],
  instanceType: string,
): Fault[] {
  return subnets.flatMap(({ id, vpcId, zone, zoneId }, index) => {
    const before = subnets.slice(0, index);
    const fault = (reason: string, next: string): Fault => ({
      path: `subnetIds[${index}]`,
      value: id,
      reason,
      next,
    });
    const faults: Fault[] = [];
    const [first] = subnets;
    if (first !== undefined && first.vpcId !== vpcId) {
      faults.push(fault(`lies in ${vpcId}, and the first in ${first.vpcId}`, "Give subnets of one VPC."));
    }
    const twin = before.find((each) => each.zoneId === zoneId);
    if (twin !== undefined) {
      faults.push(fault(`lies in ${zone} like ${twin.id}`, "Give one subnet of each zone."));
    }
    if (!zoneIds.includes(zoneId)) {
      const next = "Give a subnet of another zone, or another instance type.";
      faults.push(fault(`lies in ${zone}, which does not have ${instanceType}`, next));
    }
    return faults;
  });
}
