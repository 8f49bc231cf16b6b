import { Listener } from "@pulumi/aws/lb/listener";
import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer";
import { TargetGroup } from "@pulumi/aws/lb/targetGroup";
import type * as pulumi from "@pulumi/pulumi";
import { CLIENT_PORTS } from "../postfix-relay/aws/server-firewall";
import type { FleetNetwork } from "./fleet-network";

/** The balancer of a fleet. */
export interface FleetBalancer {
  loadBalancer: LoadBalancer;
  /** One for each port, in the order of `CLIENT_PORTS`: 25 and 587. */
  targetGroups: TargetGroup[];
  listeners: Listener[];
}

/**
 * An internal Network Load Balancer for the clients' ports. The servers see the clients' own addresses, by which Postfix
 * knows them. A server is healthy as long as it takes a connection on the port: whether the smart host can be reached does
 * not matter, because a new server could not reach it either.
 */
export function declareBalancer(
  name: string,
  network: pulumi.Output<FleetNetwork>,
  securityGroupId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): FleetBalancer {
  const loadBalancer = new LoadBalancer(
    `${name}-nlb`,
    {
      loadBalancerType: "network",
      internal: true,
      subnets: network.subnets.apply((subnets) => subnets.map(({ id }) => id)),
      securityGroups: [securityGroupId],
      enableCrossZoneLoadBalancing: true,
    },
    opts,
  );
  const targetGroups = CLIENT_PORTS.map(
    (port) =>
      new TargetGroup(
        `${name}-${port}`,
        {
          port,
          protocol: "TCP",
          targetType: "instance",
          vpcId: network.vpcId,
          preserveClientIp: "true",
          // Sessions in progress have so long to end by themselves before the group tells the server that it goes.
          deregistrationDelay: 120,
          healthCheck: {
            protocol: "TCP",
            port: "traffic-port",
            interval: 10,
            timeout: 10,
            healthyThreshold: 2,
            unhealthyThreshold: 2,
          },
        },
        opts,
      ),
  );
  const listeners = targetGroups.map(
    (targetGroup, index) =>
      new Listener(
        `${name}-listener-${CLIENT_PORTS[index]}`,
        {
          loadBalancerArn: loadBalancer.arn,
          port: CLIENT_PORTS[index],
          protocol: "TCP",
          defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
        },
        // A target group belongs to one balancer, so the old one gives it up before a new one takes it.
        { ...opts, deleteBeforeReplace: true },
      ),
  );
  return { loadBalancer, targetGroups, listeners };
}
