import { AwsRefusal } from "./refusal";

export interface SecurityGroup {
  id: string;
  name: string;
  vpcId: string;
  description: string;
  tags: Record<string, string>;
}

/** One rule of a group: whom it lets in or out, and on which ports. */
export interface SecurityGroupRule {
  id: string;
  groupId: string;
  direction: "ingress" | "egress";
  cidrIpv4: string | undefined;
  referencedSecurityGroupId: string | undefined;
  ipProtocol: string;
  fromPort: number | undefined;
  toPort: number | undefined;
  description: string | undefined;
  tags: Record<string, string>;
}

/** The security groups of an account and their rules. What they allow is data here: no packet is filtered. */
export class SecurityGroups {
  readonly groups = new Map<string, SecurityGroup>();
  readonly rules = new Map<string, SecurityGroupRule>();

  constructor(
    private readonly newId: (prefix: string) => string,
    private readonly vpcExists: (id: string) => boolean,
    private readonly instancesIn: (groupId: string) => string[],
  ) {}

  create(group: Omit<SecurityGroup, "id">): SecurityGroup {
    if (!this.vpcExists(group.vpcId)) {
      throw new AwsRefusal("InvalidVpcID.NotFound", `The vpc ID '${group.vpcId}' does not exist`);
    }
    const twin = [...this.groups.values()].find(
      ({ name, vpcId }) => name === group.name && vpcId === group.vpcId,
    );
    if (twin !== undefined) {
      throw new AwsRefusal(
        "InvalidGroup.Duplicate",
        `The security group '${group.name}' already exists for VPC '${group.vpcId}'`,
      );
    }
    const created = { ...group, id: this.newId("sg") };
    this.groups.set(created.id, created);
    return created;
  }

  /** @throws AwsRefusal while an instance or another group's rule uses it. */
  delete(id: string): void {
    const users = [
      ...this.instancesIn(id),
      ...[...this.rules.values()]
        .filter((rule) => rule.referencedSecurityGroupId === id && rule.groupId !== id)
        .map((rule) => rule.groupId),
    ];
    if (users.length > 0) {
      throw new AwsRefusal(
        "DependencyViolation",
        `resource ${id} has a dependent object: ${users.join(", ")}`,
      );
    }
    for (const rule of [...this.rules.values()]) {
      if (rule.groupId === id) this.rules.delete(rule.id);
    }
    this.groups.delete(id);
  }

  group(id: string): SecurityGroup {
    const group = this.groups.get(id);
    if (group === undefined) {
      throw new AwsRefusal("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
    }
    return group;
  }

  /** @throws AwsRefusal when the group is missing, or has the same rule already. */
  addRule(rule: Omit<SecurityGroupRule, "id">): SecurityGroupRule {
    this.group(rule.groupId);
    if (rule.referencedSecurityGroupId !== undefined) this.group(rule.referencedSecurityGroupId);
    this.#refuseDuplicate(rule);
    const added = { ...rule, id: this.newId("sgr") };
    this.rules.set(added.id, added);
    return added;
  }

  changeRule(id: string, rule: Omit<SecurityGroupRule, "id">): SecurityGroupRule {
    this.#refuseDuplicate(rule, id);
    const changed = { ...rule, id };
    this.rules.set(id, changed);
    return changed;
  }

  /** The rules of a group in one direction. */
  rulesOf(groupId: string, direction: SecurityGroupRule["direction"]): SecurityGroupRule[] {
    return [...this.rules.values()].filter(
      (rule) => rule.groupId === groupId && rule.direction === direction,
    );
  }

  #refuseDuplicate(rule: Omit<SecurityGroupRule, "id">, except?: string): void {
    const peer = rule.cidrIpv4 ?? rule.referencedSecurityGroupId;
    const twin = this.rulesOf(rule.groupId, rule.direction).find(
      (present) =>
        present.id !== except &&
        (present.cidrIpv4 ?? present.referencedSecurityGroupId) === peer &&
        present.ipProtocol === rule.ipProtocol &&
        present.fromPort === rule.fromPort &&
        present.toPort === rule.toPort,
    );
    if (twin === undefined) return;
    const ports = `from port: ${rule.fromPort}, to port: ${rule.toPort}`;
    throw new AwsRefusal(
      "InvalidPermission.Duplicate",
      `the specified rule "peer: ${peer}, ${rule.ipProtocol}, ${ports}" already exists`,
    );
  }
}
