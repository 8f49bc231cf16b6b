import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import * as pulumi from "@pulumi/pulumi";
import { refuse } from "../refuse";
import { metricsParameter } from "./metrics";
import { renderPermissions } from "./permissions";
import { type RelayServerArgs, relaySettings, smartHostPasswords } from "./server-args";
import { passwordFaults } from "./settings";

/** What the servers of a relay read in Parameter Store, and the role by which they may. */
export interface ServerAccess {
  /** The instance profile's name. */
  profile: pulumi.Output<string>;
  /** The password of the first smart host. */
  password: Parameter;
  /** What has to be there before a server starts. */
  ready: pulumi.Resource[];
}

/**
 * The passwords in Parameter Store, the script for the metrics, and a role that may read these and nothing else.
 *
 * @param subject the component, for messages
 * @param kmsKeyId checked by `checkedKey`
 */
export function declareAccess(
  subject: string,
  name: string,
  args: RelayServerArgs,
  where: { kmsKeyId: pulumi.Output<string> | undefined; region: Promise<{ region: string }> },
  opts: pulumi.CustomResourceOptions,
): ServerAccess {
  const [password, ...others] = declarePasswords(subject, name, args, where.kmsKeyId, opts);
  const metrics = declareMetrics(name, args, where.region, opts);
  const role = new Role(
    `${name}-role`,
    { description: `Lets ${args.hostName} read its SMTP password`, assumeRolePolicy: assumedByEc2() },
    opts,
  );
  const policy = new RolePolicy(
    `${name}-read-password`,
    { role: role.name, policy: permissions(name, args, where, opts) },
    opts,
  );
  const profile = new InstanceProfile(`${name}-profile`, { role: role.name }, opts);
  return { profile: profile.name, password, ready: [policy, password, ...others, ...metrics] };
}

function declarePasswords(
  subject: string,
  name: string,
  args: RelayServerArgs,
  keyId: pulumi.Output<string> | undefined,
  opts: pulumi.CustomResourceOptions,
): [Parameter, ...Parameter[]] {
  const [first, ...others] = smartHostPasswords(name, args);
  const declare = ({ endpoint, password, path, parameterName }: typeof first) =>
    new Parameter(
      `${name}-${parameterName.slice(parameterName.lastIndexOf("/") + 1)}`,
      {
        name: parameterName,
        type: "SecureString",
        value: pulumi.secret(password).apply((text) => {
          refuse(subject, passwordFaults(text, path));
          return text;
        }),
        keyId,
        description: `SMTP password of ${args.hostName} at ${endpoint.host}`,
      },
      opts,
    );
  return [declare(first), ...others.map(declare)];
}

/** The script that sends the metrics, to read in the preview; the server runs it only with the checksum in its user data. */
function declareMetrics(
  name: string,
  args: RelayServerArgs,
  region: Promise<{ region: string }>,
  opts: pulumi.CustomResourceOptions,
): Parameter[] {
  // Nothing but the region decides about the script, so that the clients do not matter.
  const parameterIn = (here: string) =>
    metricsParameter(relaySettings(name, args, { clients: [], region: here }));
  const known = parameterIn("");
  return known === undefined
    ? []
    : [
        new Parameter(
          `${name}-metrics`,
          {
            name: known.name,
            type: "String",
            insecureValue: region.then(({ region: here }) => parameterIn(here)?.value ?? ""),
            description: `Script by which ${args.hostName} sends its metrics`,
          },
          opts,
        ),
      ];
}

/** The role's policy. The parameters' ARNs are known before the parameters are. */
function permissions(
  name: string,
  args: RelayServerArgs,
  { kmsKeyId, region }: { kmsKeyId: pulumi.Output<string> | undefined; region: Promise<{ region: string }> },
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> {
  return pulumi
    .all([getCallerIdentity({}, opts), region, kmsKeyId])
    .apply(([{ arn, accountId }, { region: here }, key]) => {
      // The partition is the same in every ARN of an account.
      const [, partition = "aws"] = arn.split(":");
      return renderPermissions({
        ...{ partition, region: here, accountId, kmsKeyId: key },
        passwordParameters: smartHostPasswords(name, args).map(({ parameterName }) => parameterName),
        metricsParameter: metricsParameter(relaySettings(name, args, { clients: [], region: here }))?.name,
      });
    });
}

function assumedByEc2(): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
}
