import { Dashboard } from "@pulumi/aws/cloudwatch/dashboard";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import * as pulumi from "@pulumi/pulumi";
import { refuse } from "../../refuse";
import {
  type Alarm,
  type AlarmThresholds,
  alarmFaults,
  relayAlarms,
  renderDashboard,
  systemAlarm,
} from "./alarms";

/** Who is told, and from which values on. */
export interface RelayAlarms extends AlarmThresholds {
  /** The SNS topic that is told when an alarm rings and when it is over; a standard topic of the relay's region. */
  topicArn: pulumi.Input<string>;
}

/** The relay that is watched. */
export interface WatchedRelay {
  /** The component, for messages. */
  subject: string;
  hostName: string;
  /** The one server; undefined where a group replaces servers that fail. */
  instanceId: pulumi.Input<string> | undefined;
  region: pulumi.Input<string>;
  /** Further alarms for the topic. Default: none. */
  others?: readonly WatchedAlarm[];
}

/** An alarm on something whose name AWS gives. */
export type WatchedAlarm = Omit<Alarm, "dimensions"> & { dimensions: Dimensions };

/**
 * The alarms of a relay and its dashboard. When the machine below the server fails, EC2 recovers the server, and the
 * topic is told too.
 *
 * @param alarms without faults by `alarmFaults`
 * @throws RunError in the preview, when the topic is of another region
 */
export function declareMonitoring(
  name: string,
  { subject, hostName, instanceId, region, others = [] }: WatchedRelay,
  { topicArn, ...thresholds }: RelayAlarms,
  opts: pulumi.CustomResourceOptions,
): void {
  const topic = pulumi.all([topicArn, region]).apply(([arn, here]) => {
    refuse(subject, alarmFaults({ topicArn: arn }, here));
    return arn;
  });
  const declare = (
    { key, description, dimensions, ...alarm }: WatchedAlarm,
    actions: pulumi.Input<string>[],
  ) =>
    new MetricAlarm(
      `${name}-${key}`,
      { ...alarm, dimensions, alarmDescription: description, alarmActions: actions, okActions: [topic] },
      opts,
    );
  for (const alarm of relayAlarms(hostName, thresholds)) {
    declare(alarm, [topic]);
  }
  if (instanceId !== undefined) {
    const recover = pulumi
      .all([topic, region])
      .apply(([arn, here]) => `arn:${arn.split(":")[1]}:automate:${here}:ec2:recover`);
    declare({ ...systemAlarm(hostName, ""), dimensions: { InstanceId: instanceId } }, [topic, recover]);
  }
  for (const alarm of others) {
    declare(alarm, [topic]);
  }

  new Dashboard(
    `${name}-dashboard`,
    {
      dashboardName: dashboardName(name),
      dashboardBody: pulumi.output(region).apply((here) => renderDashboard(hostName, here)),
    },
    opts,
  );
}

type Dimensions = Record<string, pulumi.Input<string>>;

/** Dashboards are the account's, and one is overwritten by another of its name. */
function dashboardName(name: string): string {
  return `smarthost-${pulumi.getProject()}-${pulumi.getStack()}-${name}`
    .replace(/[^A-Za-z0-9_-]/g, "-")
    .slice(0, 255);
}
