import type { AwsAccount } from "./account";
import { AwsRefusal } from "./refusal";

export interface LifecycleHook {
  name: string;
  lifecycleTransition: string;
  /** Seconds. */
  heartbeatTimeout: number;
  defaultResult: string;
}

export interface AutoScalingGroup {
  name: string;
  arn: string;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  subnetIds: string[];
  template: { id: string; version: string };
  targetGroupArns: string[];
  healthCheckType: string;
  /** Seconds. */
  healthCheckGracePeriod: number;
  /** Seconds. */
  defaultInstanceWarmup: number;
  /** Seconds. */
  maxInstanceLifetime: number;
  instanceMaintenancePolicy: { minHealthyPercentage: number; maxHealthyPercentage: number };
  hooks: LifecycleHook[];
}

/** That servers are replaced one after the other, by the template's version. */
export interface InstanceRefresh {
  group: string;
  version: string;
}

/** A server that said that it is done. */
export interface LifecycleEnding {
  group: string;
  hook: string;
  instanceId: string;
  result: string;
}

/** How many servers there are to be. */
export interface ScalingPolicy {
  name: string;
  groupName: string;
  /** As the program gave it. */
  configuration: unknown;
}

/**
 * EC2 Auto Scaling's groups. It checks what a group is made from and keeps it, and notes instance refreshes; it starts and
 * ends no servers and follows no metric.
 */
export class AutoScaling {
  readonly groups = new Map<string, AutoScalingGroup>();
  readonly policies = new Map<string, ScalingPolicy>();
  /** Those that were started, oldest first. */
  readonly refreshes: InstanceRefresh[] = [];
  /** Lifecycle actions that servers completed, oldest first. */
  readonly endings: LifecycleEnding[] = [];

  constructor(private readonly account: AwsAccount) {}

  createGroup(input: Omit<AutoScalingGroup, "arn">): AutoScalingGroup {
    if (this.groups.has(input.name)) {
      throw new AwsRefusal("AlreadyExists", `AutoScalingGroup by this name already exists: ${input.name}`);
    }
    this.#check(input);
    const uuid = `0c0ffee0-0000-4000-8000-${this.account.newId("x").slice(-12)}`;
    const arn = this.account.arn(
      "autoscaling",
      `autoScalingGroup:${uuid}:autoScalingGroupName/${input.name}`,
    );
    const created = { ...input, arn };
    this.groups.set(input.name, created);
    return created;
  }

  /** Changes a group; another version of its template starts an instance refresh, as the provider does. */
  changeGroup(name: string, change: Partial<Omit<AutoScalingGroup, "arn" | "name">>): AutoScalingGroup {
    const present = this.group(name);
    const { id, version } = present.template;
    const changed = { ...present, ...change };
    this.#check(changed);
    Object.assign(present, change);
    if (changed.template.id !== id || changed.template.version !== version) {
      this.refreshes.push({ group: name, version: changed.template.version });
    }
    return present;
  }

  group(name: string): AutoScalingGroup {
    const found = this.groups.get(name);
    if (found === undefined) {
      throw new AwsRefusal(
        "ValidationError",
        `AutoScalingGroup name not found - AutoScalingGroup ${name} not found`,
      );
    }
    return found;
  }

  deleteGroup(name: string): void {
    for (const policy of [...this.policies.values()]) {
      if (policy.groupName === name) this.policies.delete(policy.name);
    }
    this.groups.delete(name);
  }

  putPolicy(policy: ScalingPolicy): ScalingPolicy {
    this.group(policy.groupName);
    this.policies.set(policy.name, policy);
    return policy;
  }

  /** What EC2 finds out when it tries to launch a server. */
  #check({
    minSize,
    maxSize,
    desiredCapacity,
    subnetIds,
    template,
    targetGroupArns,
  }: Omit<AutoScalingGroup, "arn">) {
    if (minSize > maxSize || desiredCapacity < minSize || desiredCapacity > maxSize) {
      throw new AwsRefusal("ValidationError", `Desired capacity must lie between min and max size`);
    }
    const { account } = this;
    const version = account.launchTemplates.version(template.id, template.version);
    const image = account.imageOf(version.imageId);
    const offering = account.offerings.find(({ instanceType }) => instanceType === version.instanceType);
    if (image === undefined || offering?.architecture !== image.architecture) {
      throw new AwsRefusal(
        "ValidationError",
        `You must use a valid fully-formed launch template: ${version.instanceType} with ${version.imageId}`,
      );
    }
    account.access.profile(version.profile);
    for (const { kmsKeyId } of version.blockDevices) if (kmsKeyId !== undefined) account.key(kmsKeyId);
    const subnets = subnetIds.map((id) => account.subnets.find((subnet) => subnet.id === id));
    if (subnets.some((subnet) => subnet === undefined || !offering.zoneIds.includes(subnet.zoneId))) {
      throw new AwsRefusal(
        "ValidationError",
        `The subnets ${subnetIds.join(",")} do not have what is launched`,
      );
    }
    const vpcs = [
      ...subnets.map((subnet) => subnet?.vpcId),
      ...version.securityGroupIds.map((id) => account.securityGroups.group(id).vpcId),
      ...targetGroupArns.map((arn) => account.loadBalancing.targetGroup(arn).vpcId),
    ];
    if (new Set(vpcs).size > 1) throw new AwsRefusal("ValidationError", "What is named is of several VPCs");
  }
}
