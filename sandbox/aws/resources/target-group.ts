import * as z from "zod";
import { defineResource } from "../../../providers/kit";
import type { TargetGroup as StoredGroup, Listener as StoredListener } from "../load-balancing";
import { balancingName } from "./load-balancer";
import { type Session, tags, tagsAll } from "./properties";

const port = z.int().min(1).max(65_535);
const healthCheck = z.object({
  protocol: z.literal("TCP"),
  port: z.string().regex(/^(traffic-port|\d{1,5})$/),
  interval: z.int().min(5).max(300),
  timeout: z.int().min(2).max(120),
  healthyThreshold: z.int().min(2).max(10),
  unhealthyThreshold: z.int().min(2).max(10),
});

const groupInputs = z.object({
  name: balancingName.meta({ description: "Its name.", replace: true }),
  port: port.meta({ description: "The servers' port.", replace: true }),
  protocol: z.literal("TCP").meta({ description: "The protocol.", replace: true }),
  targetType: z.literal("instance").meta({ description: "What is registered.", replace: true }),
  vpcId: z.string().meta({ description: "The VPC.", replace: true }),
  preserveClientIp: z.enum(["true", "false"]).meta({ description: "Whether servers see the clients." }),
  deregistrationDelay: z.int().min(0).max(3600).meta({ description: "Seconds." }),
  healthCheck: healthCheck.meta({ description: "When a server is healthy." }),
  tags,
});

/** `aws.lb.TargetGroup`. Stricter: instances by TCP, and all of the health check is given. Nothing is checked. */
export const TargetGroup = defineResource<Session>()({
  token: "aws:lb/targetGroup:TargetGroup",
  autoName: "name",
  inputs: groupInputs,
  outputs: z.object({ arn: z.string(), arnSuffix: z.string(), tagsAll }),
  preview: ({ tags }) => ({ tagsAll: tags ?? {} }),
  create: async ({ inputs, session }) => {
    const { targetType: _type, protocol: _protocol, tags, ...input } = inputs;
    const made = session.loadBalancing.createTargetGroup(input);
    return { id: made.arn, outputs: groupOutputs(made, tags) };
  },
  read: async ({ id, inputs, session }) => {
    const found = session.loadBalancing.targetGroups.get(id);
    if (found === undefined) return undefined;
    const { arn: _arn, ...rest } = found;
    return {
      inputs: groupInputs.parse({ ...rest, protocol: "TCP", targetType: "instance", tags: inputs?.tags }),
      outputs: groupOutputs(found, inputs?.tags),
    };
  },
  update: async ({ id, inputs, session }) => {
    const { preserveClientIp, deregistrationDelay, healthCheck: check, tags } = inputs;
    const group = session.loadBalancing.targetGroup(id);
    const change = { preserveClientIp, deregistrationDelay, healthCheck: check };
    return groupOutputs(Object.assign(group, change), tags);
  },
  delete: async ({ id, session }) => session.loadBalancing.deleteTargetGroup(id),
});

function groupOutputs({ arn }: StoredGroup, given: Record<string, string> | undefined) {
  return { arn, arnSuffix: arn.slice(arn.indexOf(":targetgroup/") + 1), tagsAll: given ?? {} };
}

const listenerInputs = z.object({
  loadBalancerArn: z.string().meta({ description: "The balancer.", replace: true }),
  port: port.meta({ description: "The port." }),
  protocol: z.literal("TCP").meta({ description: "The protocol." }),
  defaultActions: z
    .array(z.object({ type: z.literal("forward"), targetGroupArn: z.string() }))
    .length(1)
    .meta({ description: "Where connections go." }),
  tags,
});

/** `aws.lb.Listener`. Stricter: TCP, forwarded to one target group. */
export const Listener = defineResource<Session>()({
  token: "aws:lb/listener:Listener",
  inputs: listenerInputs,
  outputs: z.object({ arn: z.string(), tagsAll }),
  preview: ({ tags }) => ({ tagsAll: tags ?? {} }),
  create: async ({ inputs: { loadBalancerArn, port, defaultActions, tags }, session }) => {
    const made = session.loadBalancing.createListener({
      loadBalancerArn,
      port,
      targetGroupArn: defaultActions[0]?.targetGroupArn ?? "",
    });
    return { id: made.arn, outputs: { arn: made.arn, tagsAll: tags ?? {} } };
  },
  read: async ({ id, inputs, session }) => {
    const found: StoredListener | undefined = session.loadBalancing.listeners.get(id);
    if (found === undefined) return undefined;
    const { arn, loadBalancerArn, port, targetGroupArn } = found;
    return {
      inputs: listenerInputs.parse({
        ...{ loadBalancerArn, port, protocol: "TCP", tags: inputs?.tags },
        defaultActions: [{ type: "forward", targetGroupArn }],
      }),
      outputs: { arn, tagsAll: inputs?.tags ?? {} },
    };
  },
  update: async ({ id, inputs: { port, defaultActions, tags }, session }) => {
    const listener = session.loadBalancing.listener(id);
    const targetGroupArn = defaultActions[0]?.targetGroupArn ?? "";
    session.loadBalancing.targetGroup(targetGroupArn);
    Object.assign(listener, { port, targetGroupArn });
    return { arn: id, tagsAll: tags ?? {} };
  },
  delete: async ({ id, session }) => {
    session.loadBalancing.listeners.delete(id);
  },
});
