import ipaddr from "ipaddr.js";

/**
 * The ranges from which the servers of a fleet take mail: the clients', and the servers' own subnets, from which a server
 * that goes hands its mail over. A subnet within a range of the clients is not named again. Who else is in these subnets is
 * kept away by the balancer's security group.
 *
 * @param clients and `subnets` are IPv4 ranges, as CIDR
 */
export function relayRanges(clients: readonly string[], subnets: readonly string[]): string[] {
  const isCovered = (subnet: string) => {
    const [address, bits] = ipaddr.IPv4.parseCIDR(subnet);
    return clients.some((range) => {
      const [network, prefix] = ipaddr.IPv4.parseCIDR(range);
      return bits >= prefix && address.match(network, prefix);
    });
  };
  return [...clients, ...subnets.filter((subnet) => !isCovered(subnet))];
}
