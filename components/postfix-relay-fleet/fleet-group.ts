import { Group } from "@pulumi/aws/autoscaling/group";
import { Policy } from "@pulumi/aws/autoscaling/policy";
import type { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import type * as pulumi from "@pulumi/pulumi";
import { METRICS_DIMENSION, METRICS_NAMESPACE, type MetricName } from "../postfix-relay/server/metrics";
import { DRAIN_HOOK, fleetDefaults, groupName, type PostfixRelayFleetArgs } from "./fleet-args";
import type { FleetNetwork } from "./fleet-network";

/** A boot with its packages takes a minute or two; a slow mirror must not have servers replaced. */
const BOOT_GRACE_SECONDS = 600;
/** A server says every minute that it is still at it; one that has died is waited for no longer than this. */
const HEARTBEAT_TIMEOUT_SECONDS = 300;
const DAY_SECONDS = 86_400;
/** Never fewer than are wanted and at least one more, so that a new server is there before an old one goes. */
const REPLACEMENT = { minHealthyPercentage: 100, maxHealthyPercentage: 110 };
/**
 * By the messages that a server delivers just now; what waits for another try is not in it, nor anything while the smart
 * host takes none. Where its packets get lost, `QueueActive` stays as high as mail comes in.
 */
const QUEUE_METRIC: MetricName = "DeliveryBacklog";

/**
 * The servers: as many as there is work for, in all zones, replaced when they fail, when they are old, and when their
 * template changes; one after the other, each new one before an old one.
 */
export function declareGroup(
  name: string,
  args: PostfixRelayFleetArgs,
  parts: {
    network: pulumi.Output<FleetNetwork>;
    template: LaunchTemplate;
    targetGroupArns: pulumi.Input<string>[];
  },
  opts: pulumi.CustomResourceOptions,
): Group {
  const { min, max, drainSeconds, maxLifetimeDays } = fleetDefaults(args);
  return new Group(
    `${name}-group`,
    {
      name: groupName(name),
      minSize: min,
      maxSize: max,
      vpcZoneIdentifiers: parts.network.subnets.apply((subnets) => subnets.map(({ id }) => id)),
      launchTemplate: {
        id: parts.template.id,
        version: parts.template.latestVersion.apply((version) => String(version)),
      },
      targetGroupArns: parts.targetGroupArns,
      healthCheckType: "ELB",
      healthCheckGracePeriod: BOOT_GRACE_SECONDS,
      defaultInstanceWarmup: HEARTBEAT_TIMEOUT_SECONDS,
      maxInstanceLifetime: maxLifetimeDays * DAY_SECONDS,
      // Without it the group ends a server that failed, or is old, before there is another.
      instanceMaintenancePolicy: REPLACEMENT,
      // Part of the group, so that it is there for the last server too when all is destroyed.
      initialLifecycleHooks: [
        {
          name: DRAIN_HOOK,
          lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
          heartbeatTimeout: HEARTBEAT_TIMEOUT_SECONDS,
          defaultResult: "CONTINUE",
        },
      ],
      instanceRefresh: { strategy: "Rolling", preferences: REPLACEMENT },
    },
    {
      ...opts,
      // All servers hand their mail over before the group is gone.
      customTimeouts: { delete: `${Math.ceil(drainSeconds / 60) + 20}m` },
    },
  );
}

/** Servers are added by the processors' load and by the mail that is being delivered. */
export function declareScaling(
  name: string,
  args: PostfixRelayFleetArgs,
  group: Group,
  opts: pulumi.CustomResourceOptions,
): void {
  const { cpuPercent, activeMessages } = fleetDefaults(args);
  const common = { autoscalingGroupName: group.name, policyType: "TargetTrackingScaling" };
  new Policy(
    `${name}-scale-on-cpu`,
    {
      ...common,
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: cpuPercent,
      },
    },
    opts,
  );
  new Policy(
    `${name}-scale-on-queue`,
    {
      ...common,
      targetTrackingConfiguration: {
        customizedMetricSpecification: {
          namespace: METRICS_NAMESPACE,
          metricName: QUEUE_METRIC,
          metricDimensions: [{ name: METRICS_DIMENSION, value: args.hostName }],
          statistic: "Average",
        },
        targetValue: activeMessages,
      },
    },
    opts,
  );
}
