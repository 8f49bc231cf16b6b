/** What a server of a fleet may do for its own end. */
export interface DrainPermissions {
  /** The partition of the account's ARNs: aws, aws-cn or aws-us-gov. */
  partition: string;
  region: string;
  accountId: string;
  /** The Auto Scaling group's name. */
  group: string;
  /** The SSM parameters with the script, in any version, and with the balancer's name; they begin with a slash. */
  parameters: string[];
}

/**
 * The role's policy for the end of a server: it reads the script and the balancer's name, speaks for the lifecycle hooks of
 * its own group, and may change attributes of itself and of no other server.
 *
 * The part of the group's ARN that AWS makes up is a wildcard, because the policy is there before the group is. That the
 * server is the one that asks is `ec2:SourceInstanceARN`, which EC2 sets from the instance's credentials, compared with
 * `ec2:InstanceID`, the server that is to be changed.
 */
export function renderDrainPermissions(permissions: DrainPermissions): string {
  const { partition, region, accountId, group, parameters } = permissions;
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "ssm:GetParameter",
        Resource: parameters.map((name) => arn("ssm", `parameter${name}`)),
      },
      {
        Effect: "Allow",
        Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
        Resource: arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${group}`),
      },
      {
        Effect: "Allow",
        Action: "ec2:ModifyInstanceAttribute",
        Resource: arn("ec2", "instance/*"),
        Condition: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's policy language.
          StringEquals: { "ec2:SourceInstanceARN": `${arn("ec2", "instance/")}${"${ec2:InstanceID}"}` },
        },
      },
      // The call is for the volume as well, which has no ec2:InstanceID; the server is limited by the statement before.
      { Effect: "Allow", Action: "ec2:ModifyInstanceAttribute", Resource: arn("ec2", "volume/*") },
    ],
  });
}
