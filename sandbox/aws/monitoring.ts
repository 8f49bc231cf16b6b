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

/** CloudWatch's alarms and dashboards. No metric arrives here, so that no alarm ever changes its state. */
export class Monitoring {
  readonly alarms = new Map<string, AlarmInput>();
  /** Bodies by name, in JSON. */
  readonly dashboards = new Map<string, string>();

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

  /** Makes a dashboard or changes the one of this name. @throws AwsRefusal InvalidParameterInput. */
  putDashboard(name: string, body: string): void {
    const faults = dashboardFaults(body);
    if (faults.length > 0) throw new AwsRefusal("InvalidParameterInput", faults.join("; "));
    this.dashboards.set(name, body);
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

/** What is wrong with a dashboard's body: widgets in their places, each metric widget with its region. */
export function dashboardFaults(body: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return ["the body is no JSON document"];
  }
  const widgets: unknown = Object(parsed).widgets;
  if (!Array.isArray(widgets)) return ["widgets is missing"];
  return widgets.flatMap((widget: unknown, index) => {
    const { type, x, y, width, height, properties } = Object(widget);
    const inGrid =
      [x, y].every((each) => Number.isInteger(each) && each >= 0) &&
      [width, height].every((each) => Number.isInteger(each) && each >= 1) &&
      x + width <= 24;
    const metrics = type !== "metric" || Array.isArray(Object(properties).metrics);
    return [
      ...(type === "metric" || type === "text" ? [] : [`widgets[${index}].type is ${type}`]),
      ...(inGrid ? [] : [`widgets[${index}] does not lie within 24 columns`]),
      ...(metrics ? [] : [`widgets[${index}].properties.metrics is missing`]),
      ...(type === "metric" && typeof Object(properties).region !== "string"
        ? [`widgets[${index}].properties.region is missing`]
        : []),
    ];
  });
}
