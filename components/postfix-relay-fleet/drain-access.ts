import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import * as pulumi from "@pulumi/pulumi";
import { relaySettings } from "../postfix-relay/aws/server-args";
import { type DrainParameters, drainParameters } from "../postfix-relay/server/drain";
import type { FleetBalancer } from "./balancer";
import { renderDrainPermissions } from "./drain-permissions";
import { fleetDrain, fleetServerArgs, groupName, type PostfixRelayFleetArgs } from "./fleet-args";

/**
 * What a server needs for its end: the script and the balancer's name in Parameter Store, and the role's right to them and
 * to the group's lifecycle hooks.
 *
 * @returns what has to be there before a server starts
 */
export function declareDrainAccess(
  name: string,
  args: PostfixRelayFleetArgs,
  needs: {
    role: pulumi.Output<string>;
    balancer: Pick<FleetBalancer, "loadBalancer" | "listeners">;
    region: Promise<{ region: string }>;
  },
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const known = pulumi.output(needs.region.then(({ region }) => fleetDrainParameters(name, args, region)));
  const common = { type: "String" };
  return [
    new Parameter(
      `${name}-drain`,
      {
        ...common,
        name: known.script.name,
        insecureValue: known.script.value,
        description: `Script by which a server of ${args.hostName} hands its mail over`,
      },
      opts,
    ),
    new Parameter(
      `${name}-balancer-name`,
      {
        ...common,
        name: known.balancer.name,
        insecureValue: needs.balancer.loadBalancer.dnsName,
        description: `Where a server of ${args.hostName} hands its mail over`,
      },
      { ...opts, dependsOn: needs.balancer.listeners },
    ),
    new RolePolicy(
      `${name}-drain-policy`,
      {
        role: needs.role,
        policy: pulumi
          .all([getCallerIdentity({}, opts), needs.region, known])
          .apply(([{ arn, accountId }, { region }, { script, balancer }]) => {
            // The partition is the same in every ARN of an account.
            const [, partition = "aws"] = arn.split(":");
            const parameters = [script.pattern, balancer.name];
            return renderDrainPermissions({
              ...{ partition, region, accountId, parameters },
              group: groupName(name),
            });
          }),
      },
      opts,
    ),
  ];
}

function fleetDrainParameters(name: string, args: PostfixRelayFleetArgs, region: string): DrainParameters {
  const settings = {
    ...relaySettings(name, fleetServerArgs(args), { clients: [], region, secrets: {} }),
    drain: fleetDrain(name, args),
  };
  const parameters = drainParameters(settings);
  if (parameters === undefined) {
    throw new Error("A fleet's servers have their password in SSM, and so the script for their end.");
  }
  return parameters;
}
