import type { Fault } from "../../faults";
import { METRICS_DIMENSION, METRICS_NAMESPACE, type MetricName } from "../server/metrics";

/** From which values on somebody is to be told. */
export interface AlarmThresholds {
  /** More messages than these in the queue, for 5 minutes. Default 1000. */
  queueLength?: number;
  /** A message older than this, in seconds, for 3 minutes; those on hold left out. At least 60, default 1800. */
  oldestSeconds?: number;
  /**
   * So many logins refused, or not tried because one just was, within 5 minutes. Default 1, because a refused password
   * stops all mail.
   */
  authFailures?: number;
  /**
   * So many sessions without TLS, or with the wrong certificate, within 5 minutes. Default 1, because no mail leaves by
   * them.
   */
  tlsFailures?: number;
  /** So many recipients given up within 5 minutes. Default 10. */
  bounced?: number;
  /** So much of the queue volume in use, in percent, for 5 minutes. 1 to 99, default 80. */
  diskPercent?: number;
}

const DEFAULTS: Required<AlarmThresholds> = {
  queueLength: 1000,
  oldestSeconds: 1800,
  authFailures: 1,
  tlsFailures: 1,
  bounced: 10,
  diskPercent: 80,
};

/** Least and greatest value of each threshold. */
const LIMITS: Record<keyof AlarmThresholds, [least: number, most: number]> = {
  queueLength: [1, 1_000_000_000],
  oldestSeconds: [60, 432_000],
  authFailures: [1, 1_000_000],
  tlsFailures: [1, 1_000_000],
  bounced: [1, 1_000_000],
  diskPercent: [1, 99],
};

/** An alarm in CloudWatch's terms, whatever it is to do. */
export interface Alarm {
  /** For the resource's name. */
  key: string;
  /** What has happened when it rings, and what to do; stands in the message. */
  description: string;
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
  statistic: "Maximum" | "Sum" | "SampleCount";
  /** Seconds. */
  period: number;
  evaluationPeriods: number;
  threshold: number;
  comparisonOperator: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  /** `breaching` only where silence itself is what is to be told. */
  treatMissingData: "missing" | "breaching";
}

/** What is wrong with an SNS topic or the thresholds; paths begin with `alarms`. */
export function alarmFaults(
  { topicArn, ...thresholds }: AlarmThresholds & { topicArn?: string },
  region?: string,
): Fault[] {
  const faults = topicArn === undefined ? [] : topicFaults(topicArn, region);
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const value = thresholds[name as keyof AlarmThresholds];
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
      faults.push({
        path: `alarms.${name}`,
        value: String(value),
        reason: `is not a whole number from ${least} to ${most}`,
        next: `Leave it out for ${DEFAULTS[name as keyof AlarmThresholds]}.`,
      });
    }
  }
  return faults;
}

/** CloudWatch tells topics of its own region only. */
function topicFaults(topicArn: string, region: string | undefined): Fault[] {
  const path = "alarms.topicArn";
  const [, topicRegion] = /^arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:[\w-]{1,256}$/.exec(topicArn) ?? [];
  if (topicRegion === undefined) {
    const next = "Give the topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME.";
    return [{ path, value: topicArn, reason: "is not the ARN of a standard SNS topic", next }];
  }
  if (region === undefined || topicRegion === region) {
    return [];
  }
  const reason = `is a topic of ${topicRegion}, and CloudWatch in ${region} tells topics of ${region} only`;
  return [{ path, value: topicArn, reason, next: `Give a topic of ${region}.` }];
}

/** The alarms on what the relay itself sends; `thresholds` without faults by {@link alarmFaults}. */
export function relayAlarms(hostName: string, thresholds: AlarmThresholds): Alarm[] {
  const { queueLength, oldestSeconds, diskPercent, ...counts } = { ...DEFAULTS, ...given(thresholds) };
  const on = (metricName: MetricName) => ({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensions: { [METRICS_DIMENSION]: hostName },
  });
  const rises = {
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 5,
    treatMissingData: "missing",
  } as const;
  const adds = {
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "missing",
  } as const;
  return [
    {
      key: "queue-length",
      description: `${hostName}: more than ${queueLength} messages wait. Look at the queue (postqueue -p) and at the smart host's status.`,
      ...on("QueueLength"),
      ...rises,
      threshold: queueLength,
      comparisonOperator: "GreaterThanThreshold",
    },
    {
      key: "oldest-message",
      description: `${hostName}: a message has waited for more than ${oldestSeconds} seconds. Its reason is in postqueue -p.`,
      ...on("OldestSeconds"),
      ...rises,
      evaluationPeriods: 3,
      threshold: oldestSeconds,
      comparisonOperator: "GreaterThanThreshold",
    },
    {
      key: "auth-failures",
      description: `${hostName}: the smart host refuses the login, and mail waits. Check the password or key there.`,
      ...on("AuthFailures"),
      ...adds,
      threshold: counts.authFailures,
    },
    {
      key: "tls-failures",
      description: `${hostName}: the smart host offers no TLS or the wrong certificate, and mail waits. Its log lines say which (journalctl -t postfix/smtp).`,
      ...on("TlsFailures"),
      ...adds,
      threshold: counts.tlsFailures,
    },
    {
      key: "bounced",
      description: `${hostName}: mail was given up. The notices say why: at the bounce address, or in /var/spool/postfix/notices.`,
      ...on("Bounced"),
      ...adds,
      threshold: counts.bounced,
    },
    {
      key: "queue-disk",
      description: `${hostName}: the queue volume is ${diskPercent} % full. Make it larger (queueVolumeSize), or empty the queue.`,
      ...on("QueueDiskPercent"),
      ...rises,
      threshold: diskPercent,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
    },
    {
      key: "silent",
      description: `${hostName}: no metrics for 5 minutes. The server is gone, Postfix does not run, or the way to CloudWatch is closed.`,
      ...on("QueueLength"),
      ...rises,
      statistic: "SampleCount",
      threshold: 1,
      comparisonOperator: "LessThanThreshold",
      treatMissingData: "breaching",
    },
  ];
}

/** The alarm on AWS's own check of the machine below the server, which EC2 can recover from. */
export function systemAlarm(hostName: string, instanceId: string): Alarm {
  return {
    key: "system-status",
    description: `${hostName}: the machine below the server fails. EC2 moves the server to another one; its address and disks stay.`,
    namespace: "AWS/EC2",
    metricName: "StatusCheckFailed_System",
    dimensions: { InstanceId: instanceId },
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 2,
    threshold: 1,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "missing",
  };
}

/** A dashboard's body: what waits, how long, what was delivered, what failed, and the disk. */
export function renderDashboard(hostName: string, region: string): string {
  const charts: [title: string, stat: "Maximum" | "Sum", metrics: MetricName[]][] = [
    ["Messages that wait", "Maximum", ["QueueActive", "QueueDeferred", "QueueIncoming", "QueueHold"]],
    ["Age of the oldest message, seconds", "Maximum", ["OldestSeconds"]],
    ["Recipients a minute", "Sum", ["Delivered", "Deferred", "Bounced"]],
    [
      "Attempts that failed, a minute",
      "Sum",
      ["ConnectFailures", "TemporaryRefusals", "AuthFailures", "TlsFailures"],
    ],
    ["Queue volume, percent", "Maximum", ["QueueDiskPercent"]],
  ];
  const widgets = charts.map(([title, stat, metrics], index) => ({
    type: "metric",
    x: (index % 2) * 12,
    y: Math.floor(index / 2) * 6,
    width: 12,
    height: 6,
    properties: {
      title: `${hostName}: ${title}`,
      region,
      stat,
      period: 60,
      view: "timeSeries",
      metrics: metrics.map((metric) => [METRICS_NAMESPACE, metric, METRICS_DIMENSION, hostName]),
    },
  }));
  return JSON.stringify({ widgets });
}

/** What is given, without what is given as undefined. */
function given(thresholds: AlarmThresholds): AlarmThresholds {
  return Object.fromEntries(Object.entries(thresholds).filter(([, value]) => value !== undefined));
}
