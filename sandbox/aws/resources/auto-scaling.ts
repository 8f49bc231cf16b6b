import * as z from "zod";
import { defineResource, sameMembers } from "../../../providers/kit";
import type { AutoScalingGroup as Stored } from "../auto-scaling";
import { given, type Session } from "./properties";

const DAY_SECONDS = 86_400;
const percentages = {
  minHealthyPercentage: z.int().min(0).max(100),
  maxHealthyPercentage: z.int().min(100).max(200),
};

const groupInputs = z.object({
  name: z.string().min(1).max(255).meta({ description: "Its name.", replace: true }),
  minSize: z.int().min(0).meta({ description: "At least so many servers." }),
  maxSize: z.int().min(0).meta({ description: "At most so many servers." }),
  desiredCapacity: z.int().min(0).optional().meta({ description: "How many there are to be." }),
  vpcZoneIdentifiers: z.array(z.string()).min(1).meta({ description: "The subnets.", equals: sameMembers }),
  launchTemplate: z
    .object({ id: z.string(), version: z.string().regex(/^\d+$/, "is not the number of a version") })
    .meta({ description: "What servers are launched from." }),
  targetGroupArns: z
    .array(z.string())
    .meta({ description: "Where they are registered.", equals: sameMembers }),
  healthCheckType: z.enum(["EC2", "ELB"]).meta({ description: "Who says that a server is healthy." }),
  healthCheckGracePeriod: z.int().min(0).meta({ description: "Seconds before that counts." }),
  defaultInstanceWarmup: z.int().min(0).meta({ description: "Seconds before its metrics count." }),
  maxInstanceLifetime: z
    .int()
    .min(DAY_SECONDS)
    .max(365 * DAY_SECONDS)
    .meta({ description: "Seconds after which a server is replaced." }),
  instanceMaintenancePolicy: z
    .object(percentages)
    .meta({ description: "How many servers there are while one is replaced." }),
  initialLifecycleHooks: z
    .array(
      z.object({
        name: z.string().regex(/^[A-Za-z0-9\-_/]{1,255}$/),
        lifecycleTransition: z.enum([
          "autoscaling:EC2_INSTANCE_LAUNCHING",
          "autoscaling:EC2_INSTANCE_TERMINATING",
        ]),
        heartbeatTimeout: z.int().min(30).max(7200),
        defaultResult: z.enum(["CONTINUE", "ABANDON"]),
      }),
    )
    .meta({ description: "What is waited for.", replace: true, neverReturned: true }),
  instanceRefresh: z
    .object({
      strategy: z.literal("Rolling"),
      preferences: z.object(percentages),
    })
    .meta({ description: "How a change of the template comes to the servers.", neverReturned: true }),
});

/**
 * `aws.autoscaling.Group`. Stricter: a numbered version of a launch template; hooks, lifetime, maintenance policy and
 * refresh always given; no `skipMatching`, which AWS refuses where a template's image is a parameter. It starts and ends no
 * servers.
 */
export const Group = defineResource<Session>()({
  token: "aws:autoscaling/group:Group",
  autoName: "name",
  inputs: groupInputs,
  outputs: z.object({ arn: z.string(), desiredCapacity: z.int() }),
  rules: [
    {
      properties: ["minSize", "maxSize"],
      fault: ({ minSize, maxSize }) => (minSize > maxSize ? "minSize is more than maxSize" : undefined),
    },
    {
      properties: ["instanceRefresh"],
      fault: ({ instanceRefresh: { preferences } }) => farApart(preferences),
    },
    {
      properties: ["instanceMaintenancePolicy"],
      fault: ({ instanceMaintenancePolicy }) => farApart(instanceMaintenancePolicy),
    },
  ],
  preview: (inputs) => given(inputs, "desiredCapacity"),
  create: async ({ inputs, session }) => {
    const stored = { ...toStore(inputs), desiredCapacity: inputs.desiredCapacity ?? inputs.minSize };
    const made = session.autoScaling.createGroup({ ...stored, name: inputs.name });
    return { id: made.name, outputs: outputsOf(made) };
  },
  read: async ({ id, inputs, session }) => {
    const found = session.autoScaling.groups.get(id);
    if (found === undefined) return undefined;
    const { minSize, maxSize, healthCheckType, healthCheckGracePeriod, defaultInstanceWarmup } = found;
    const read = {
      ...{ name: id, minSize, maxSize, healthCheckType, healthCheckGracePeriod, defaultInstanceWarmup },
      desiredCapacity: found.desiredCapacity,
      vpcZoneIdentifiers: found.subnetIds,
      launchTemplate: found.template,
      targetGroupArns: found.targetGroupArns,
      maxInstanceLifetime: found.maxInstanceLifetime,
      instanceMaintenancePolicy: found.instanceMaintenancePolicy,
      initialLifecycleHooks: inputs?.initialLifecycleHooks,
      instanceRefresh: inputs?.instanceRefresh,
    };
    return { inputs: groupInputs.partial().parse(read), outputs: outputsOf(found) };
  },
  update: async ({ id, inputs, session }) => {
    const { desiredCapacity: present } = session.autoScaling.group(id);
    const within = Math.min(Math.max(inputs.desiredCapacity ?? present, inputs.minSize), inputs.maxSize);
    return outputsOf(session.autoScaling.changeGroup(id, { ...toStore(inputs), desiredCapacity: within }));
  },
  delete: async ({ id, session }) => session.autoScaling.deleteGroup(id),
});

function farApart(between: { minHealthyPercentage: number; maxHealthyPercentage: number }) {
  return between.maxHealthyPercentage - between.minHealthyPercentage > 100
    ? "the percentages lie more than 100 apart"
    : undefined;
}

function toStore(inputs: z.output<typeof groupInputs>) {
  const { minSize, maxSize, healthCheckType, healthCheckGracePeriod, defaultInstanceWarmup } = inputs;
  return {
    ...{ minSize, maxSize, healthCheckType, healthCheckGracePeriod, defaultInstanceWarmup },
    subnetIds: inputs.vpcZoneIdentifiers,
    template: inputs.launchTemplate,
    targetGroupArns: inputs.targetGroupArns,
    maxInstanceLifetime: inputs.maxInstanceLifetime,
    instanceMaintenancePolicy: inputs.instanceMaintenancePolicy,
    hooks: inputs.initialLifecycleHooks,
  };
}

function outputsOf({ arn, desiredCapacity }: Stored) {
  return { arn, desiredCapacity };
}

const targetTracking = z.object({
  predefinedMetricSpecification: z
    .object({ predefinedMetricType: z.literal("ASGAverageCPUUtilization") })
    .optional(),
  customizedMetricSpecification: z
    .object({
      namespace: z.string().min(1),
      metricName: z.string().min(1),
      metricDimensions: z.array(z.object({ name: z.string().min(1), value: z.string().min(1) })),
      statistic: z.enum(["Average", "Minimum", "Maximum", "SampleCount", "Sum"]),
    })
    .optional(),
  targetValue: z.number().positive(),
});

const policyInputs = z.object({
  name: z.string().min(1).max(255).meta({ description: "Its name.", replace: true }),
  autoscalingGroupName: z.string().meta({ description: "The group.", replace: true }),
  policyType: z.literal("TargetTrackingScaling").meta({ description: "The kind." }),
  targetTrackingConfiguration: targetTracking.meta({ description: "The metric and its target." }),
});

/** `aws.autoscaling.Policy`. Stricter: target tracking only, of one metric. It scales nothing. */
export const Policy = defineResource<Session>()({
  token: "aws:autoscaling/policy:Policy",
  autoName: "name",
  inputs: policyInputs,
  outputs: z.object({ arn: z.string() }),
  rules: [
    {
      properties: ["targetTrackingConfiguration"],
      fault: ({ targetTrackingConfiguration: configuration }) =>
        (configuration.predefinedMetricSpecification === undefined) ===
        (configuration.customizedMetricSpecification === undefined)
          ? "needs exactly one metric"
          : undefined,
    },
  ],
  create: async ({ inputs, session }) => {
    put(session, inputs);
    return { id: inputs.name, outputs: policyOutputs(session, inputs) };
  },
  read: async ({ id, session }) => {
    const found = session.autoScaling.policies.get(id);
    if (found === undefined) return undefined;
    const inputs = policyInputs.parse({
      ...{ name: id, autoscalingGroupName: found.groupName, policyType: "TargetTrackingScaling" },
      targetTrackingConfiguration: found.configuration,
    });
    return { inputs, outputs: policyOutputs(session, inputs) };
  },
  update: async ({ inputs, session }) => {
    put(session, inputs);
    return policyOutputs(session, inputs);
  },
  delete: async ({ id, session }) => {
    session.autoScaling.policies.delete(id);
  },
});

type PolicyInputs = z.output<typeof policyInputs>;

function put(session: Session, inputs: PolicyInputs): void {
  session.autoScaling.putPolicy({
    name: inputs.name,
    groupName: inputs.autoscalingGroupName,
    configuration: inputs.targetTrackingConfiguration,
  });
}

function policyOutputs(session: Session, { name, autoscalingGroupName }: PolicyInputs) {
  const resource = `scalingPolicy:0c0ffee0-0000-4000-8000-000000000001:autoScalingGroupName/${autoscalingGroupName}`;
  return { arn: session.arn("autoscaling", `${resource}:policyName/${name}`) };
}
