import type { AwsAccount } from "./account";
import { AwsRefusal } from "./refusal";

export interface LoadBalancer {
  name: string;
  arn: string;
  dnsName: string;
  vpcId: string;
  subnetIds: string[];
  securityGroupIds: string[];
  crossZone: boolean;
}

export interface HealthCheck {
  protocol: string;
  port: string;
  interval: number;
  timeout: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

export interface TargetGroup {
  name: string;
  arn: string;
  port: number;
  vpcId: string;
  /** Words for booleans, as the provider has them. */
  preserveClientIp: string;
  deregistrationDelay: number;
  healthCheck: HealthCheck;
}

export interface Listener {
  arn: string;
  loadBalancerArn: string;
  port: number;
  targetGroupArn: string;
}

/**
 * Network Load Balancers with their listeners and target groups. No connection is balanced and no health checked: that is
 * what tests put a proxy of their own there for.
 */
export class LoadBalancing {
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly targetGroups = new Map<string, TargetGroup>();
  readonly listeners = new Map<string, Listener>();

  constructor(private readonly account: AwsAccount) {}

  createLoadBalancer(
    input: Pick<LoadBalancer, "name" | "subnetIds" | "securityGroupIds" | "crossZone">,
  ): LoadBalancer {
    this.#refuseTwin(this.loadBalancers, input.name, "DuplicateLoadBalancerName");
    const vpcId = this.#check(input);
    const hash = this.#newHash();
    const created = {
      ...input,
      vpcId,
      arn: this.account.arn("elasticloadbalancing", `loadbalancer/net/${input.name}/${hash}`),
      dnsName: `${input.name}-${hash}.elb.${this.account.region}.amazonaws.com`,
    };
    this.loadBalancers.set(created.arn, created);
    return created;
  }

  changeLoadBalancer(
    arn: string,
    change: Pick<LoadBalancer, "subnetIds" | "securityGroupIds" | "crossZone">,
  ): LoadBalancer {
    const present = this.loadBalancer(arn);
    this.#check({ ...present, ...change });
    return Object.assign(present, change);
  }

  createTargetGroup(input: Omit<TargetGroup, "arn">): TargetGroup {
    this.#refuseTwin(this.targetGroups, input.name, "DuplicateTargetGroupName");
    const arn = this.account.arn("elasticloadbalancing", `targetgroup/${input.name}/${this.#newHash()}`);
    const created = { ...input, arn };
    this.targetGroups.set(arn, created);
    return created;
  }

  /** @throws AwsRefusal while a listener uses it */
  deleteTargetGroup(arn: string): void {
    if ([...this.listeners.values()].some(({ targetGroupArn }) => targetGroupArn === arn)) {
      throw new AwsRefusal(
        "ResourceInUse",
        `Target group '${arn}' is currently in use by a listener or a rule`,
      );
    }
    this.targetGroups.delete(arn);
  }

  createListener(input: Omit<Listener, "arn">): Listener {
    const { arn: balancerArn } = this.loadBalancer(input.loadBalancerArn);
    this.targetGroup(input.targetGroupArn);
    const others = [...this.listeners.values()].filter((each) => each.loadBalancerArn === balancerArn);
    if (others.some(({ port }) => port === input.port)) {
      throw new AwsRefusal("DuplicateListener", `A listener already exists on port ${input.port}`);
    }
    this.#refuseSecondBalancer(input);
    const arn = `${balancerArn.replace(":loadbalancer/", ":listener/")}/${this.#newHash()}`;
    const created = { ...input, arn };
    this.listeners.set(arn, created);
    return created;
  }

  /** Takes its listeners with it. */
  deleteLoadBalancer(arn: string): void {
    for (const listener of [...this.listeners.values()]) {
      if (listener.loadBalancerArn === arn) this.listeners.delete(listener.arn);
    }
    this.loadBalancers.delete(arn);
  }

  loadBalancer(arn: string): LoadBalancer {
    const found = this.loadBalancers.get(arn);
    if (found === undefined) throw new AwsRefusal("LoadBalancerNotFound", `Load balancer '${arn}' not found`);
    return found;
  }

  targetGroup(arn: string): TargetGroup {
    const found = this.targetGroups.get(arn);
    if (found === undefined) throw new AwsRefusal("TargetGroupNotFound", `Target groups '${arn}' not found`);
    return found;
  }

  listener(arn: string): Listener {
    const found = this.listeners.get(arn);
    if (found === undefined) throw new AwsRefusal("ListenerNotFound", `Listener '${arn}' not found`);
    return found;
  }

  /** One subnet a zone, all of one VPC, and security groups of that VPC. @returns the VPC */
  #check({ subnetIds, securityGroupIds }: Pick<LoadBalancer, "subnetIds" | "securityGroupIds">): string {
    const subnets = subnetIds.map((id) => {
      const subnet = this.account.subnets.find((each) => each.id === id);
      if (subnet === undefined)
        throw new AwsRefusal("SubnetNotFound", `The subnet ID '${id}' does not exist`);
      return subnet;
    });
    const [first] = subnets;
    if (first === undefined) throw new AwsRefusal("ValidationError", "At least one subnet must be specified");
    if (new Set(subnets.map(({ zoneId }) => zoneId)).size < subnets.length) {
      throw new AwsRefusal(
        "InvalidConfigurationRequest",
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
      );
    }
    const groups = securityGroupIds.map((id) => this.account.securityGroups.group(id));
    if ([...subnets, ...groups].some(({ vpcId }) => vpcId !== first.vpcId)) {
      throw new AwsRefusal("InvalidConfigurationRequest", "Subnets and security groups are of several VPCs");
    }
    return first.vpcId;
  }

  /** A target group belongs to one load balancer ("Target groups for your Network Load Balancers"). */
  #refuseSecondBalancer({ targetGroupArn, loadBalancerArn }: Omit<Listener, "arn">): void {
    const users = [...this.listeners.values()].filter((each) => each.targetGroupArn === targetGroupArn);
    if (users.some((each) => each.loadBalancerArn !== loadBalancerArn)) {
      throw new AwsRefusal(
        "TargetGroupAssociationLimit",
        `The following target groups cannot be associated with more than one load balancer: ${targetGroupArn}`,
      );
    }
  }

  #refuseTwin(present: ReadonlyMap<string, { name: string }>, name: string, code: string): void {
    if ([...present.values()].some((each) => each.name === name)) {
      throw new AwsRefusal(code, `The name '${name}' is in use`);
    }
  }

  /** The part of an ARN that AWS makes up: 16 hexadecimal digits. */
  #newHash(): string {
    return this.account.newId("x").slice(-16);
  }
}
