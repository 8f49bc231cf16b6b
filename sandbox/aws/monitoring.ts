import { AwsRefusal } from "./refusal";

/** What a program can say of an alarm on one metric. */
export interface AlarmInput {
  name: string;
  description: string | undefined;
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
  statistic: string;
  /** Seconds. */
  period: number;
  evaluationPeriods: number;
  datapointsToAlarm: number | undefined;
  threshold: number;
  comparisonOperator: string;
  treatMissingData: string;
  actionsEnabled: boolean;
  /** ARNs: SNS topics, or what EC2 does with the instance. */
  alarmActions: string[];
  okActions: string[];
  insufficientDataActions: string[];
  tags: Record<string, string>;
}

/** CloudWatch's alarms. No metric arrives here, so that no alarm ever changes its state. */
export class Monitoring {
  readonly alarms = new Map<string, AlarmInput>();

  constructor(
    private readonly partition: string,
    private readonly region: string,
  ) {}

  /** Makes an alarm or changes the one of this name, as the API does. @throws AwsRefusal ValidationError. */
  putAlarm(alarm: AlarmInput): AlarmInput {
    for (const action of [...alarm.alarmActions, ...alarm.okActions, ...alarm.insufficientDataActions]) {
      this.#checkAction(alarm, action);
    }
    this.alarms.set(alarm.name, alarm);
    return alarm;
  }

  #checkAction({ namespace, metricName, dimensions }: AlarmInput, action: string): void {
    const recover = `arn:${this.partition}:automate:${this.region}:ec2:recover`;
    if (action === recover) {
      const onSystem = namespace === "AWS/EC2" && metricName === "StatusCheckFailed_System";
      if (onSystem && dimensions.InstanceId !== undefined) return;
      throw new AwsRefusal(
        "ValidationError",
        "The recover action needs StatusCheckFailed_System of an instance",
      );
    }
    const [, partition, service, region] =
      /^arn:([a-z-]+):(sns):([a-z0-9-]+):\d{12}:[\w-]+$/.exec(action) ?? [];
    if (service === undefined) {
      throw new AwsRefusal(
        "ValidationError",
        `Invalid arn syntax: ${action}; here SNS topics and ec2:recover`,
      );
    }
    if (region !== this.region || partition !== this.partition) {
      throw new AwsRefusal(
        "ValidationError",
        `Invalid region ${region} specified. Only ${this.region} is supported.`,
      );
    }
  }
}
