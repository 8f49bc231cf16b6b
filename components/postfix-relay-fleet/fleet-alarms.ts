import type { Alarm } from "../postfix-relay/aws/alarms";

/** An alarm whose dimensions name the balancer and the target group. */
export type BalancerAlarm = Omit<Alarm, "dimensions">;

/** The alarms on what the balancer sees of the servers on a port; a smart host that is away is none of them. */
export function balancerAlarms(hostName: string, port: number): BalancerAlarm[] {
  const common = {
    namespace: "AWS/NetworkELB",
    statistic: "Maximum",
    period: 60,
  } as const;
  return [
    {
      ...common,
      key: `no-server-${port}`,
      description: `${hostName}: no server takes mail on port ${port}. Look at the group's activity in EC2 Auto Scaling.`,
      metricName: "HealthyHostCount",
      evaluationPeriods: 2,
      threshold: 1,
      comparisonOperator: "LessThanThreshold",
      // Where no server is registered at all, there may be no values.
      treatMissingData: "breaching",
    },
    {
      ...common,
      key: `unhealthy-server-${port}`,
      description: `${hostName}: a server has not taken connections on port ${port} for 15 minutes, and is not replaced. Look at its console.`,
      metricName: "UnHealthyHostCount",
      evaluationPeriods: 15,
      threshold: 1,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "missing",
    },
  ];
}
