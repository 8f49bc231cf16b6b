import { parseCIDR } from "ipaddr.js";
import { listOf, textOf, type Value } from "../../mail-resources/value";
import { properties, texts, whole } from "../read";
import type { RuleResource } from "../rule";

/** One rule of a security group. */
export interface FirewallRule {
  /** The property that holds it; empty where the resource is the rule. */
  path: string;
  direction: "ingress" | "egress";
  /** `tcp`, `udp`, `-1` for all, or what else was given. */
  protocol: string;
  /** The first and the last port; undefined for all ports. */
  ports: { from: number; to: number } | undefined;
  /** The known address ranges. */
  ranges: string[];
}

/** The rules of a resource that is a security group or a rule of one; a rule with an unknown port is left out. */
export function firewallRules({ type, inputs }: RuleResource): FirewallRule[] {
  switch (type) {
    case "aws:ec2/securityGroup:SecurityGroup":
    case "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
      return (["ingress", "egress"] as const).flatMap((direction) =>
        listOf(inputs[direction]).flatMap((rule, index) =>
          inline(properties(rule), direction, `${direction}[${index}]`),
        ),
      );
    case "aws:ec2/securityGroupRule:SecurityGroupRule": {
      const direction = textOf(inputs.type);
      return direction === "ingress" || direction === "egress" ? inline(inputs, direction, "") : [];
    }
    case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      return separate(inputs, "ingress");
    case "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":
      return separate(inputs, "egress");
    default:
      return [];
  }
}

type Properties = Readonly<Record<string, Value>>;

function inline(rule: Properties, direction: FirewallRule["direction"], path: string): FirewallRule[] {
  const ranges = [...texts(rule.cidrBlocks), ...texts(rule.ipv6CidrBlocks)];
  return ofProtocol(textOf(rule.protocol), rule, direction, path, ranges);
}

function separate(rule: Properties, direction: FirewallRule["direction"]): FirewallRule[] {
  const ranges = [textOf(rule.cidrIpv4), textOf(rule.cidrIpv6)].filter((range) => range !== undefined);
  return ofProtocol(textOf(rule.ipProtocol), rule, direction, "", ranges);
}

function ofProtocol(
  protocol: string | undefined,
  rule: Properties,
  direction: FirewallRule["direction"],
  path: string,
  ranges: string[],
): FirewallRule[] {
  if (protocol === undefined) {
    return [];
  }
  const name = PROTOCOLS[protocol.toLowerCase()] ?? protocol.toLowerCase();
  if (name === "-1") {
    return [{ path, direction, protocol: name, ports: undefined, ranges }];
  }
  const [from, to] = [whole(rule.fromPort), whole(rule.toPort)];
  return from === undefined || to === undefined
    ? []
    : [{ path, direction, protocol: name, ports: { from, to }, ranges }];
}

/** Other spellings that the provider takes, numbers of the IANA registry among them. */
const PROTOCOLS: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", all: "-1" };

/** Which of the ports a rule lets through over TCP. */
export function openPorts({ protocol, ports }: FirewallRule, among: readonly number[]): number[] {
  if (protocol === "-1") {
    return [...among];
  }
  return protocol === "tcp" && ports ? among.filter((port) => ports.from <= port && port <= ports.to) : [];
}

/** Whether a range is the whole internet, or half of it or more. */
export function isWorld(range: string): boolean {
  const cidr = parsed(range);
  return cidr !== undefined && cidr[1] <= 1;
}

/** Whether a range has addresses of the internet: 0.0.0.0/0 has, 10.0.0.0/8 has not. */
export function isPublic(range: string): boolean {
  const cidr = parsed(range);
  return cidr !== undefined && (cidr[1] <= 1 || cidr[0].range() === "unicast");
}

function parsed(range: string) {
  try {
    return parseCIDR(range);
  } catch {
    // The provider says what is wrong with it.
    return undefined;
  }
}
