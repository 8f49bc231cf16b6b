import { z } from "zod";
import type { Principal } from "../aws/access";
import type { AwsAccount } from "../aws/account";
import { type Answer, failure } from "./aws-answer";

/** The services that the servers of a group call about themselves, in AWS's query protocol. */
export type FleetService = "autoscaling" | "ec2";

const hookAction = z.strictObject({
  Action: z.enum(["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat"]),
  Version: z.literal("2011-01-01"),
  AutoScalingGroupName: z.string().min(1),
  LifecycleHookName: z.string().min(1),
  InstanceId: z.string().min(1),
  LifecycleActionResult: z.enum(["CONTINUE", "ABANDON"]).optional(),
});

const attributeChange = z.strictObject({
  Action: z.literal("ModifyInstanceAttribute"),
  Version: z.literal("2016-11-15"),
  InstanceId: z.string().min(1),
  "BlockDeviceMapping.1.DeviceName": z.string().min(1),
  "BlockDeviceMapping.1.Ebs.DeleteOnTermination": z.enum(["true", "false"]),
});

/** The service that a request is for, by its host; undefined for any other. */
export function fleetServiceOf(host: string | undefined): FleetService | undefined {
  return (["autoscaling", "ec2"] as const).find((service) => host?.startsWith(`${service}.`));
}

/**
 * A substitute for what a server of a group may say of itself: that it needs more time, that it is done, and that a volume
 * goes with it. The role's policy is evaluated. The answers are JSON, where AWS answers in XML; nobody reads them.
 */
export function answerFleetCall(
  account: AwsAccount,
  service: FleetService,
  form: URLSearchParams,
  principal: Principal,
): Answer & { action: string; resource: string } {
  const fields = Object.fromEntries(form);
  const call = { action: `${service}:${fields.Action ?? ""}`, resource: "" };
  if (service === "autoscaling") {
    const parsed = hookAction.safeParse(fields);
    if (!parsed.success)
      return { ...call, ...failure(400, "ValidationError", z.prettifyError(parsed.error)) };
    const { Action, AutoScalingGroupName: group, InstanceId: instanceId } = parsed.data;
    const uuid = "0c0ffee0-0000-4000-8000-000000000000";
    const resource =
      account.autoScaling.groups.get(group)?.arn ??
      account.arn("autoscaling", `autoScalingGroup:${uuid}:autoScalingGroupName/${group}`);
    if (!account.isAllowed(principal, call.action, resource))
      return { ...call, resource, ...denied(principal, call) };
    const { LifecycleHookName: hook, LifecycleActionResult: result } = parsed.data;
    const instance = account.compute.instances.get(instanceId);
    const ended = account.autoScaling.endings.some((ending) => ending.instanceId === instanceId);
    if (instance?.targetLifecycleState !== "Terminated" || ended) {
      const message = `No active Lifecycle Action found with instance ID ${instanceId}`;
      return { ...call, resource, ...failure(400, "ValidationError", message) };
    }
    if (Action === "CompleteLifecycleAction") {
      account.autoScaling.endings.push({ group, hook, instanceId, result: result ?? "ABANDON" });
    }
    return { ...call, resource, status: 200, body: {} };
  }
  const parsed = attributeChange.safeParse(fields);
  if (!parsed.success)
    return { ...call, ...failure(400, "InvalidParameterValue", z.prettifyError(parsed.error)) };
  const { InstanceId: id } = parsed.data;
  const resource = account.arn("ec2", `instance/${id}`);
  const context = {
    "ec2:InstanceID": id,
    "ec2:SourceInstanceARN": account.arn("ec2", `instance/${principal.instanceId}`),
  };
  const volume = [...account.compute.volumes.values()].find(
    ({ attachment }) =>
      attachment?.instanceId === id &&
      attachment.deviceName === parsed.data["BlockDeviceMapping.1.DeviceName"],
  );
  // Service Authorization Reference, "Actions defined by Amazon EC2": the volume is a resource of the call as well.
  if (
    !account.isAllowed(principal, call.action, resource, context) ||
    !account.isAllowed(principal, call.action, account.arn("ec2", `volume/${volume?.id ?? ""}`))
  ) {
    return { ...call, resource, ...denied(principal, call) };
  }
  if (volume?.attachment === undefined) {
    return {
      ...call,
      resource,
      ...failure(400, "InvalidInstanceAttributeValue", "No device is currently mapped"),
    };
  }
  volume.attachment.deleteOnTermination =
    parsed.data["BlockDeviceMapping.1.Ebs.DeleteOnTermination"] === "true";
  return { ...call, resource, status: 200, body: {} };
}

function denied({ arn }: Principal, { action }: { action: string }): Answer {
  return failure(403, "AccessDenied", `User: ${arn} is not authorized to perform: ${action}`);
}
