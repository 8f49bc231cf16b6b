import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import {
  SecurityGroupIngressRule,
  type SecurityGroupIngressRuleArgs,
} from "@pulumi/aws/vpc/securityGroupIngressRule";
import type * as pulumi from "@pulumi/pulumi";
import type { RelayNetwork } from "./network";
import { type RelayServerArgs, smartHostPasswords } from "./server-args";

/** The ports on which the relay takes mail from its clients. */
export const CLIENT_PORTS = [25, 587];
/** What a server needs at boot besides the smart hosts: Debian's mirror and AWS's interfaces. */
const BOOTSTRAP_PORTS: [port: number, purpose: string][] = [
  [80, "Debian packages"],
  [443, "AWS API: the SMTP password"],
];
const ANYWHERE = "0.0.0.0/0";

/** The security group of a relay's servers. */
export interface ServerFirewall {
  group: SecurityGroup;
  /** The rules that let a server reach what it needs at boot. */
  wayOut: pulumi.Resource[];
}

/** SMTP from the clients in; to the smart hosts, AWS's interfaces and Debian's packages out; nothing else. */
export function declareFirewall(
  name: string,
  args: RelayServerArgs,
  network: pulumi.Output<RelayNetwork>,
  opts: pulumi.CustomResourceOptions,
): ServerFirewall {
  const group = new SecurityGroup(
    `${name}-group`,
    { vpcId: network.vpcId, description: "SMTP from clients in, to the smart host out" },
    opts,
  );
  for (const [key, client] of Object.entries(clients(args, network))) {
    for (const port of CLIENT_PORTS) {
      new SecurityGroupIngressRule(
        `${name}-in-${port}-${key}`,
        {
          securityGroupId: group.id,
          ...client,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          description: "SMTP from clients",
        },
        opts,
      );
    }
  }
  const wayOut = [...outgoingPorts(name, args)].map(
    ([port, purpose]) =>
      new SecurityGroupEgressRule(
        `${name}-out-${port}`,
        {
          securityGroupId: group.id,
          cidrIpv4: ANYWHERE,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          description: purpose,
        },
        opts,
      ),
  );
  return { group, wayOut };
}

/** Whom the group lets in, by a key for the rules' names. */
function clients(
  { clients: ranges, clientSecurityGroups: groups }: RelayServerArgs,
  { vpcRange }: pulumi.Output<RelayNetwork>,
): Record<string, Pick<SecurityGroupIngressRuleArgs, "cidrIpv4" | "referencedSecurityGroupId">> {
  if (ranges === undefined && groups === undefined) {
    return { vpc: { cidrIpv4: vpcRange } };
  }
  return Object.fromEntries([
    ...(ranges ?? []).map((range) => [range, { cidrIpv4: range }]),
    ...Object.entries(groups ?? {}).map(([key, id]) => [`group-${key}`, { referencedSecurityGroupId: id }]),
  ]);
}

/** Ports and what they are for. Hosts on one port share its rule, and so does one on a port of the bootstrap. */
function outgoingPorts(name: string, args: RelayServerArgs): Map<number, string> {
  const ports = new Map(BOOTSTRAP_PORTS);
  const hosts = smartHostPasswords(name, args).map(({ endpoint }) => endpoint);
  for (const port of new Set(hosts.map((host) => host.port))) {
    const there = hosts.filter((host) => host.port === port).map(({ host }) => host);
    ports.set(port, `SMTP to ${there.join(", ")}`);
  }
  return ports;
}
