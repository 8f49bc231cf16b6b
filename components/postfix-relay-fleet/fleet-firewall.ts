import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import type * as pulumi from "@pulumi/pulumi";
import { CLIENT_PORTS, clientPeers, declareFirewall } from "../postfix-relay/aws/server-firewall";
import { fleetServerArgs, type PostfixRelayFleetArgs } from "./fleet-args";
import type { FleetNetwork } from "./fleet-network";

/** The security groups of a fleet. */
export interface FleetFirewall {
  servers: SecurityGroup;
  balancer: SecurityGroup;
  /** The rules that have to be there before a server starts. */
  rules: pulumi.Resource[];
}

/**
 * SMTP from the clients to the balancer, from the balancer to the servers, and from a server that goes to the balancer.
 * The servers take nothing that does not come by the balancer; that clients keep their addresses does not matter to a rule
 * that names the balancer's group (ELB, "Update the security groups for your Network Load Balancer").
 */
export function declareFleetFirewall(
  name: string,
  args: PostfixRelayFleetArgs,
  network: pulumi.Output<FleetNetwork>,
  opts: pulumi.CustomResourceOptions,
): FleetFirewall {
  const balancer = new SecurityGroup(
    `${name}-balancer`,
    { vpcId: network.vpcId, description: "SMTP from clients in, to the servers of the relay out" },
    opts,
  );
  const behindBalancer = {
    ...fleetServerArgs(args),
    clients: undefined,
    clientSecurityGroups: { balancer: balancer.id },
  };
  const { group: servers, wayOut } = declareFirewall(name, behindBalancer, network, opts);
  const smtp = (port: number, description: string) => ({
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
    description,
  });
  const rules: pulumi.Resource[] = [];
  for (const port of CLIENT_PORTS) {
    for (const [key, peer] of Object.entries(clientPeers(fleetServerArgs(args), network))) {
      rules.push(
        new SecurityGroupIngressRule(
          `${name}-balancer-in-${port}-${key}`,
          { securityGroupId: balancer.id, ...peer, ...smtp(port, "SMTP from clients") },
          opts,
        ),
      );
    }
    rules.push(
      new SecurityGroupEgressRule(
        `${name}-balancer-out-${port}`,
        {
          securityGroupId: balancer.id,
          referencedSecurityGroupId: servers.id,
          ...smtp(port, "SMTP and health checks to the servers"),
        },
        opts,
      ),
    );
  }
  const handOver = smtp(25, "mail of a server that goes, to the others");
  rules.push(
    new SecurityGroupIngressRule(
      `${name}-balancer-in-25-servers`,
      { securityGroupId: balancer.id, referencedSecurityGroupId: servers.id, ...handOver },
      opts,
    ),
    new SecurityGroupEgressRule(
      `${name}-out-25-balancer`,
      { securityGroupId: servers.id, referencedSecurityGroupId: balancer.id, ...handOver },
      opts,
    ),
  );
  return { servers, balancer, rules: [...wayOut, ...rules] };
}
