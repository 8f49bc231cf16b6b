import * as z from "zod";
import { defineResource } from "../../../providers/kit";
import type { AwsAccount } from "../account";
import type { SecurityGroupRule as StoredRule } from "../security-groups";
import { cidrIpv4, type Session, tags, tagsAll } from "./properties";

/** Descriptions of groups and rules (EC2 API reference, CreateSecurityGroup and SecurityGroupRuleRequest). */
const description = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/,
    "has characters other than letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, which is all that EC2 takes",
  );

/** `aws.ec2.SecurityGroup`. Stricter: a VPC is named, and rules are resources of their own. */
export const SecurityGroup = defineResource<Session>()({
  token: "aws:ec2/securityGroup:SecurityGroup",
  autoName: "name",
  inputs: z.object({
    name: z
      .string()
      .max(255)
      .refine((name) => !name.startsWith("sg-"), "must not begin with sg-")
      .meta({ description: "Its name.", replace: true }),
    description: description
      .min(1)
      .default("Managed by Pulumi")
      .meta({ description: "What it is for.", replace: true }),
    vpcId: z.string().meta({ description: "The VPC.", replace: true }),
    revokeRulesOnDelete: z.boolean().default(false).meta({ description: "Removes its rules to delete it." }),
    tags,
  }),
  outputs: z.object({ arn: z.string(), ownerId: z.string(), tagsAll }),
  preview: ({ tags }) => ({ tagsAll: tags ?? {} }),
  create: async ({ inputs, session }) => {
    const { name, description, vpcId, tags } = inputs;
    const group = session.securityGroups.create({ name, description, vpcId, tags: tags ?? {} });
    return { id: group.id, outputs: groupOutputs(session, group) };
  },
  read: async ({ id, session }) => {
    const group = session.securityGroups.groups.get(id);
    if (group === undefined) return undefined;
    const { name, description, vpcId, tags } = group;
    return {
      inputs: { name, description, vpcId, tags, revokeRulesOnDelete: false },
      outputs: groupOutputs(session, group),
    };
  },
  update: async ({ id, inputs, session }) => {
    const group = session.securityGroups.group(id);
    return groupOutputs(session, Object.assign(group, { tags: inputs.tags ?? {} }));
  },
  delete: async ({ id, session }) => session.securityGroups.delete(id),
});

function groupOutputs(account: AwsAccount, { id, tags }: { id: string; tags: Record<string, string> }) {
  return { arn: account.arn("ec2", `security-group/${id}`), ownerId: account.id, tagsAll: tags };
}

const port = z.int().min(0).max(65535).optional();

const ruleInputs = z.object({
  securityGroupId: z.string().meta({ description: "The group.", replace: true }),
  cidrIpv4: cidrIpv4.optional().meta({ description: "The IPv4 range." }),
  referencedSecurityGroupId: z.string().optional().meta({ description: "Instances in this group." }),
  ipProtocol: z.enum(["tcp", "udp", "icmp", "-1"]).meta({ description: "The protocol; -1 is any." }),
  fromPort: port.meta({ description: "The first port." }),
  toPort: port.meta({ description: "The last port." }),
  description: description.optional().meta({ description: "What it is for." }),
  tags,
});

type RuleInputs = z.output<typeof ruleInputs>;

/**
 * `aws.vpc.SecurityGroupIngressRule` and `…EgressRule`. Stricter: IPv4 ranges and groups only, ports in order
 * and always given, except for any protocol, where they are refused.
 */
function ruleResource(direction: StoredRule["direction"]) {
  const name = direction === "ingress" ? "SecurityGroupIngressRule" : "SecurityGroupEgressRule";
  return defineResource<Session>()({
    token: `aws:vpc/securityGroup${direction === "ingress" ? "Ingress" : "Egress"}Rule:${name}`,
    inputs: ruleInputs,
    outputs: z.object({ arn: z.string(), securityGroupRuleId: z.string(), tagsAll }),
    rules: [
      {
        properties: ["cidrIpv4", "referencedSecurityGroupId"],
        fault: ({ cidrIpv4, referencedSecurityGroupId }) =>
          (cidrIpv4 === undefined) === (referencedSecurityGroupId === undefined)
            ? "exactly one of cidrIpv4 and referencedSecurityGroupId must be given"
            : undefined,
      },
      {
        properties: ["cidrIpv4"],
        fault: ({ cidrIpv4 }) =>
          cidrIpv4 !== undefined && hasHostBits(cidrIpv4)
            ? `${cidrIpv4} has bits set behind its prefix; give the network's own address`
            : undefined,
      },
      {
        properties: ["fromPort", "ipProtocol", "toPort"],
        fault: ({ ipProtocol, fromPort, toPort }) => portFault(ipProtocol, fromPort, toPort),
      },
    ],
    // Another kind of peer is another rule; another value of the same kind changes it in place.
    replaces: (property, before, after) =>
      (property === "cidrIpv4" || property === "referencedSecurityGroupId") &&
      (before[property] === undefined) !== (after[property] === undefined),
    preview: ({ tags }) => ({ tagsAll: tags ?? {} }),
    create: async ({ inputs, session }) => {
      const rule = session.securityGroups.addRule(toRule(direction, inputs));
      return { id: rule.id, outputs: ruleOutputs(session, rule) };
    },
    read: async ({ id, session }) => {
      const rule = session.securityGroups.rules.get(id);
      if (rule === undefined) return undefined;
      const { groupId, direction: _direction, id: _id, ...rest } = rule;
      const inputs: Partial<RuleInputs> = ruleInputs.partial().parse({ ...rest, securityGroupId: groupId });
      return { inputs, outputs: ruleOutputs(session, rule) };
    },
    update: async ({ id, inputs, session }) =>
      ruleOutputs(session, session.securityGroups.changeRule(id, toRule(direction, inputs))),
    delete: async ({ id, session }) => {
      session.securityGroups.rules.delete(id);
    },
  });
}

export const SecurityGroupIngressRule = ruleResource("ingress");
export const SecurityGroupEgressRule = ruleResource("egress");

function toRule(direction: StoredRule["direction"], inputs: RuleInputs): Omit<StoredRule, "id"> {
  return {
    groupId: inputs.securityGroupId,
    direction,
    cidrIpv4: inputs.cidrIpv4,
    referencedSecurityGroupId: inputs.referencedSecurityGroupId,
    ipProtocol: inputs.ipProtocol,
    fromPort: inputs.fromPort,
    toPort: inputs.toPort,
    description: inputs.description,
    tags: inputs.tags ?? {},
  };
}

function ruleOutputs(account: AwsAccount, { id, tags }: StoredRule) {
  return {
    arn: account.arn("ec2", `security-group-rule/${id}`),
    securityGroupRuleId: id,
    tagsAll: tags,
  };
}

function portFault(protocol: string, from: number | undefined, to: number | undefined): string | undefined {
  if (protocol === "-1") {
    return from === undefined && to === undefined ? undefined : "any protocol (-1) takes no ports";
  }
  if (from === undefined || to === undefined) return `${protocol} needs both fromPort and toPort`;
  return from > to ? `${from} is behind toPort ${to}` : undefined;
}

function hasHostBits(range: string): boolean {
  const [address = "", prefix = "32"] = range.split("/");
  const bits = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return bits % 2 ** (32 - Number(prefix)) !== 0;
}
