/** A subnet that the relay could stand in. */
export interface SubnetChoice {
  id: string;
  vpcId: string;
  /** This account's name of the zone, such as eu-central-1a; another account may mean another place by it. */
  zone: string;
  /** The place itself, such as euc1-az2. */
  zoneId: string;
}

/**
 * The first of a VPC's default subnets, by zone id, in whose zone the instance type is offered; `undefined` when
 * there is none. The order of the look-up's answer does not matter.
 */
export function chooseSubnet(
  subnets: readonly SubnetChoice[],
  offeringZoneIds: readonly string[],
): SubnetChoice | undefined {
  return subnets
    .filter(({ zoneId }) => offeringZoneIds.includes(zoneId))
    .toSorted((a, b) => a.zoneId.localeCompare(b.zoneId))
    .at(0);
}
