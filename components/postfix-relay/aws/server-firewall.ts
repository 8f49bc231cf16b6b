import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import {
  SecurityGroupIngressRule,
  type SecurityGroupIngressRuleArgs,
} from "@pulumi/aws/vpc/securityGroupIngressRule";
import type * as pulumi from "@pulumi/pulumi";
import { isPrivateAddress } from "../postfix/clients";
import type { RelayNetwork } from "./network";
import { endpoints, type RelayServerArgs } from "./server-args";
import { ANYWHERE } from "./server-submission";

/** The ports on which the relay takes mail from its clients. */
export const CLIENT_PORTS = [25, 587];
/** The ports for logins (RFC 6409, RFC 8314). */
const SUBMISSION_PORTS = [587, 465];
/** What a server needs at boot besides the smart hosts: Debian's mirror and AWS's interfaces. */
const BOOTSTRAP_PORTS: [port: number, purpose: string][] = [
  [80, "Debian packages"],
  [443, "AWS API: the SMTP password"],
];

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
  const letIn = (port: number, [key, peer]: [key: string, peer: Peer], description: string) =>
    new SecurityGroupIngressRule(
      `${name}-in-${port}-${key}`,
      { securityGroupId: group.id, ...peer, ipProtocol: "tcp", fromPort: port, toPort: port, description },
      opts,
    );
  for (const peer of Object.entries(clientPeers(args, network))) {
    for (const port of args.submission === undefined ? CLIENT_PORTS : [...CLIENT_PORTS, 465]) {
      letIn(port, peer, "SMTP from clients");
    }
  }
  for (const range of loginRanges(args)) {
    for (const port of SUBMISSION_PORTS) {
      letIn(port, [`login-${range}`, { cidrIpv4: range }], "SMTP with a login");
    }
  }
  const wayOut = waysOut(args).map(
    ({ port, address, purpose }) =>
      new SecurityGroupEgressRule(
        `${name}-out-${port}${address === undefined ? "" : `-${address}`}`,
        {
          securityGroupId: group.id,
          cidrIpv4: address === undefined ? ANYWHERE : `${address}/32`,
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

type Peer = Pick<SecurityGroupIngressRuleArgs, "cidrIpv4" | "referencedSecurityGroupId">;

/** Who may log in, without the ranges that are let in as clients: EC2 takes no rule twice. */
function loginRanges({ submission, clients = [] }: RelayServerArgs): string[] {
  const ranges = submission === undefined ? [] : (submission.from ?? [ANYWHERE]);
  return ranges.filter((range) => !clients.includes(range));
}

/** Whom the relay lets in, by a key for the rules' names. */
export function clientPeers(
  { clients: ranges, clientSecurityGroups: groups }: RelayServerArgs,
  { vpcRange }: pulumi.Output<RelayNetwork>,
): Record<string, Peer> {
  if (ranges === undefined && groups === undefined) {
    return { vpc: { cidrIpv4: vpcRange } };
  }
  return Object.fromEntries([
    ...(ranges ?? []).map((range) => [range, { cidrIpv4: range }]),
    ...Object.entries(groups ?? {}).map(([key, id]) => [`group-${key}`, { referencedSecurityGroupId: id }]),
  ]);
}

/** Where a server may connect to. */
interface WayOut {
  port: number;
  /** The one address; undefined means anywhere, because smart hosts change theirs. */
  address?: string;
  purpose: string;
}

/** One for each port, and one for each internal host that is given by its address, so that port 25 is open to it alone. */
function waysOut(args: RelayServerArgs): WayOut[] {
  const ways = new Map(
    BOOTSTRAP_PORTS.map(([port, purpose]): [string, WayOut] => [`${port}`, { port, purpose }]),
  );
  const hosts = endpoints(args).map(({ host, port }) => ({
    host,
    port,
    key: isPrivateAddress(host) ? `${port}-${host}` : `${port}`,
  }));
  for (const { key, host, port } of hosts) {
    const there = new Set(hosts.filter((each) => each.key === key).map((each) => each.host));
    ways.set(key, {
      port,
      address: isPrivateAddress(host) ? host : undefined,
      purpose: `SMTP to ${[...there].join(", ")}`,
    });
  }
  return [...ways.values()];
}
