import * as z from "zod";
import { defineResource, sameMembers } from "../../../providers/kit";
import type { AwsAccount } from "../account";
import { type AlarmInput, dashboardFaults } from "../monitoring";
import { type Session, tags, tagsAll } from "./properties";

const actions = z
  .array(z.string().min(1))
  .max(5)
  .optional()
  .meta({ description: "ARNs of what happens then.", equals: sameMembers });

const operators = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
] as const;

const alarmInputs = z.object({
  name: z.string().min(1).max(255).meta({ description: "Its name.", replace: true }),
  alarmDescription: z.string().max(1024).optional().meta({ description: "What it is for." }),
  namespace: z
    .string()
    .regex(/^[^:].{0,254}$/)
    .meta({ description: "The metric's namespace." }),
  metricName: z.string().min(1).max(255).meta({ description: "The metric." }),
  dimensions: z
    .record(z.string(), z.string().min(1))
    .optional()
    .meta({ description: "The metric's dimensions." }),
  statistic: z
    .enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"])
    .meta({ description: "Of a period." }),
  period: z.int().min(10).meta({ description: "Seconds." }),
  evaluationPeriods: z.int().min(1).meta({ description: "How many periods are looked at." }),
  datapointsToAlarm: z.int().min(1).optional().meta({ description: "How many of them must breach." }),
  threshold: z.number().meta({ description: "What the statistic is compared with." }),
  comparisonOperator: z.enum(operators).meta({ description: "How it is compared." }),
  treatMissingData: z
    .enum(["missing", "ignore", "breaching", "notBreaching"])
    .default("missing")
    .meta({ description: "What a period without data means." }),
  actionsEnabled: z.boolean().default(true).meta({ description: "Whether anything happens." }),
  alarmActions: actions,
  okActions: actions,
  insufficientDataActions: actions,
  tags,
});

/**
 * `aws.cloudwatch.MetricAlarm`. Stricter: one metric and a plain statistic, all of it given; no expressions, percentiles
 * or anomaly detection. What happens is sent to SNS topics of the region, or is EC2's recovery.
 */
export const MetricAlarm = defineResource<Session>()({
  token: "aws:cloudwatch/metricAlarm:MetricAlarm",
  autoName: "name",
  inputs: alarmInputs,
  outputs: z.object({ arn: z.string(), evaluateLowSampleCountPercentiles: z.string(), tagsAll }),
  rules: [
    {
      properties: ["period"],
      fault: ({ period }) =>
        [10, 20, 30].includes(period) || period % 60 === 0
          ? undefined
          : "is not 10, 20, 30 or a multiple of 60",
    },
    {
      properties: ["evaluationPeriods", "period"],
      fault: ({ evaluationPeriods, period }) =>
        evaluationPeriods * period > 86_400 ? "spans more than a day together with period" : undefined,
    },
    {
      properties: ["datapointsToAlarm", "evaluationPeriods"],
      fault: ({ datapointsToAlarm, evaluationPeriods }) =>
        datapointsToAlarm !== undefined && datapointsToAlarm > evaluationPeriods
          ? "is more than evaluationPeriods"
          : undefined,
    },
  ],
  preview: ({ tags }) => ({ tagsAll: tags ?? {} }),
  create: async ({ inputs, session }) => {
    const alarm = session.monitoring.putAlarm(toStore(inputs));
    return { id: alarm.name, outputs: alarmOutputs(session, alarm) };
  },
  read: async ({ id, session }) => {
    const alarm = session.monitoring.alarms.get(id);
    if (alarm === undefined) return undefined;
    const { description, ...rest } = alarm;
    const inputs = alarmInputs.parse({ ...rest, alarmDescription: description });
    return { inputs, outputs: alarmOutputs(session, alarm) };
  },
  update: async ({ inputs, session }) => alarmOutputs(session, session.monitoring.putAlarm(toStore(inputs))),
  delete: async ({ id, session }) => {
    session.monitoring.alarms.delete(id);
  },
});

function toStore({ alarmDescription, ...inputs }: z.output<typeof alarmInputs>): AlarmInput {
  return {
    ...inputs,
    description: alarmDescription,
    dimensions: inputs.dimensions ?? {},
    datapointsToAlarm: inputs.datapointsToAlarm,
    alarmActions: inputs.alarmActions ?? [],
    okActions: inputs.okActions ?? [],
    insufficientDataActions: inputs.insufficientDataActions ?? [],
    tags: inputs.tags ?? {},
  };
}

function alarmOutputs(account: AwsAccount, { name, tags }: AlarmInput) {
  return {
    arn: account.arn("cloudwatch", `alarm:${name}`),
    evaluateLowSampleCountPercentiles: "",
    tagsAll: tags,
  };
}

/** Whether two bodies say the same, however they are laid out. */
function sameBody(before: unknown, after: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(String(before))) === JSON.stringify(JSON.parse(String(after)));
  } catch {
    return false;
  }
}

/** `aws.cloudwatch.Dashboard`. Stricter: metric and text widgets only, checked before anything is made. */
export const Dashboard = defineResource<Session>()({
  token: "aws:cloudwatch/dashboard:Dashboard",
  inputs: z.object({
    dashboardName: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,255}$/, "has characters other than letters, digits, - and _")
      .meta({ description: "Its name.", replace: true }),
    dashboardBody: z.string().meta({ description: "Its widgets in JSON.", equals: sameBody }),
  }),
  outputs: z.object({ dashboardArn: z.string() }),
  rules: [
    {
      properties: ["dashboardBody"],
      fault: ({ dashboardBody }) => {
        const faults = dashboardFaults(dashboardBody);
        return faults.length === 0 ? undefined : faults.join("; ");
      },
    },
  ],
  create: async ({ inputs: { dashboardName, dashboardBody }, session }) => {
    session.monitoring.putDashboard(dashboardName, dashboardBody);
    return { id: dashboardName, outputs: dashboardOutputs(session, dashboardName) };
  },
  read: async ({ id, session }) => {
    const dashboardBody = session.monitoring.dashboards.get(id);
    return dashboardBody === undefined
      ? undefined
      : { inputs: { dashboardName: id, dashboardBody }, outputs: dashboardOutputs(session, id) };
  },
  update: async ({ inputs: { dashboardName, dashboardBody }, session }) => {
    session.monitoring.putDashboard(dashboardName, dashboardBody);
    return dashboardOutputs(session, dashboardName);
  },
  delete: async ({ id, session }) => {
    session.monitoring.dashboards.delete(id);
  },
});

/** Dashboards belong to no region. */
function dashboardOutputs({ partition, id }: AwsAccount, name: string) {
  return { dashboardArn: `arn:${partition}:cloudwatch::${id}:dashboard/${name}` };
}
