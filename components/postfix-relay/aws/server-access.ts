import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import * as pulumi from "@pulumi/pulumi";
import { refuse } from "../../refuse";
import { metricsParameter } from "../server/metrics";
import type { ScriptParameter } from "../server/script-parameter";
import { submissionParameter } from "../server/submission-data";
import { renderPermissions } from "./permissions";
import { nameFaults } from "./relay-name";
import { checkedSecrets, isInSecretsManager, type KnownSecrets } from "./relay-password";
import { type RelayServerArgs, relaySettings, type SecretValue, secretValues } from "./server-args";

/** What the servers of a relay read in Parameter Store and Secrets Manager, and the role by which they may. */
export interface ServerAccess {
  /** The role's name. */
  role: pulumi.Output<string>;
  /** The instance profile's name. */
  profile: pulumi.Output<string>;
  /** One of the passwords, the first smart host's where it has one; undefined where no password is in a parameter. */
  password: Parameter | undefined;
  /** The secrets that are passwords, for the servers' user data. */
  secrets: pulumi.Output<KnownSecrets>;
  /** What has to be there before a server starts. */
  ready: pulumi.Resource[];
}

/**
 * The passwords and scripts in Parameter Store, and a role that may read these and nothing else.
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
  refuse(subject, nameFaults(subject, name));
  const values = secretValues(name, args);
  const secrets = checkedSecrets(subject, values, where.region);
  const passwords = declareSecrets(subject, name, values, where.kmsKeyId, opts);
  const scripts = declareScripts(name, args, where.region, opts);
  const role = new Role(
    `${name}-role`,
    { description: `Lets ${args.hostName} read its SMTP password`, assumeRolePolicy: assumedByEc2() },
    opts,
  );
  // IAM takes no policy without a statement.
  const policies =
    values.length + scripts.length === 0 && args.ssmAgent === undefined
      ? []
      : [
          new RolePolicy(
            `${name}-read-password`,
            { role: role.name, policy: permissions(name, args, { ...where, secrets }, opts) },
            opts,
          ),
        ];
  const profile = new InstanceProfile(`${name}-profile`, { role: role.name }, opts);
  return {
    role: role.name,
    profile: profile.name,
    password: passwords[0],
    secrets,
    ready: [...policies, ...passwords, ...scripts],
  };
}

function declareSecrets(
  subject: string,
  name: string,
  values: readonly SecretValue[],
  keyId: pulumi.Output<string> | undefined,
  opts: pulumi.CustomResourceOptions,
): Parameter[] {
  return values.flatMap(({ parameterName, password, description, tier, check }) =>
    isInSecretsManager(password)
      ? []
      : new Parameter(
          `${name}-${parameterName.slice(parameterName.lastIndexOf("/") + 1)}`,
          {
            name: parameterName,
            type: "SecureString",
            value: pulumi.secret(password).apply((text) => {
              refuse(subject, check(text));
              return text;
            }),
            keyId,
            tier,
            description,
          },
          opts,
        ),
  );
}

/** A script that the server fetches, because user data has no room for it. Nothing in it is secret. */
interface Script {
  /** For the resource's name. */
  key: string;
  parameter: ScriptParameter;
  description: string;
}

/** The scripts of servers in a region. The clients do not matter to them, nor where the passwords are. */
function scriptsIn(name: string, args: RelayServerArgs, region: string): Script[] {
  const settings = relaySettings(name, args, { clients: [], region, secrets: {} });
  const scripts = [
    {
      key: "metrics",
      parameter: metricsParameter(settings),
      description: `Script by which ${args.hostName} sends its metrics`,
    },
    {
      key: "submission",
      parameter: submissionParameter(settings),
      description: `Script by which ${args.hostName} takes users and certificate over`,
    },
  ];
  return scripts.flatMap(({ parameter, ...rest }) =>
    parameter === undefined ? [] : [{ ...rest, parameter }],
  );
}

/** The scripts, to read in the preview; a server runs them only with the checksums in its user data. */
function declareScripts(
  name: string,
  args: RelayServerArgs,
  region: Promise<{ region: string }>,
  opts: pulumi.CustomResourceOptions,
): Parameter[] {
  return scriptsIn(name, args, "").map(({ key, parameter, description }, index) => {
    const there = region.then(
      ({ region: here }) => scriptsIn(name, args, here)[index]?.parameter ?? parameter,
    );
    return new Parameter(
      `${name}-${key}`,
      {
        name: there.then((each) => each.name),
        type: "String",
        insecureValue: there.then(({ value }) => value),
        description,
      },
      opts,
    );
  });
}

/** The role's policy. The parameters' ARNs are known before the parameters are. */
function permissions(
  name: string,
  args: RelayServerArgs,
  {
    kmsKeyId,
    region,
    secrets,
  }: {
    kmsKeyId: pulumi.Output<string> | undefined;
    region: Promise<{ region: string }>;
    secrets: pulumi.Output<KnownSecrets>;
  },
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> {
  return pulumi
    .all([getCallerIdentity({}, opts), region, kmsKeyId, secrets])
    .apply(([{ arn, accountId }, { region: here }, key, known]) => {
      // The partition is the same in every ARN of an account.
      const [, partition = "aws"] = arn.split(":");
      return renderPermissions({
        ...{ partition, region: here, accountId, kmsKeyId: key, ssmAgent: args.ssmAgent !== undefined },
        secretParameters: secretValues(name, args)
          .filter(({ password }) => !isInSecretsManager(password))
          .map(({ parameterName }) => parameterName),
        secrets: Object.values(known),
        scriptParameters: scriptsIn(name, args, here).map(({ parameter }) => parameter.pattern),
        metrics: args.metrics === true,
      });
    });
}

function assumedByEc2(): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
}
