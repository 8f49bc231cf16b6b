import { METRICS_NAMESPACE } from "../server/metrics";

/** What the server's role may do. */
export interface RelayPermissions {
  /** The partition of the account's ARNs: aws, aws-cn or aws-us-gov. */
  partition: string;
  region: string;
  accountId: string;
  /** The SSM parameters with passwords and the like; their names begin with a slash. */
  secretParameters: string[];
  /** The secrets of Secrets Manager with the passwords. */
  secrets?: SecretPermission[];
  /** The SSM parameters with scripts; a name may have a wildcard for the script's version. */
  scriptParameters?: string[];
  /** Whether the server sends metrics. */
  metrics?: boolean;
  /** The ARN of the customer managed key that encrypts the passwords; undefined where AWS's own does. */
  kmsKeyId?: string;
  /** Whether the server has the Systems Manager agent. */
  ssmAgent?: boolean;
}

/** A secret that the role may read. */
export interface SecretPermission {
  /** Complete, with the six characters at its end. */
  arn: string;
  /** The ARN of the customer managed key that encrypts it; undefined where AWS's own does. */
  kmsKeyId?: string;
}

interface Statement {
  Effect: "Allow";
  Action: string | string[];
  Resource: string | string[];
  Condition?: { StringEquals: Record<string, string | string[]> };
}

/**
 * The role's policy: it reads its own parameters and secrets, and sends metrics to the relays' namespace where they are on.
 * AWS's own keys let everyone in the account decrypt by their service, so only a customer managed key needs a statement of
 * its own.
 */
export function renderPermissions(permissions: RelayPermissions): string {
  const { partition, region, accountId, secretParameters, scriptParameters = [] } = permissions;
  const { secrets = [], kmsKeyId } = permissions;
  const arnOf = (name: string) => `arn:${partition}:ssm:${region}:${accountId}:parameter${name}`;
  const passwords = secretParameters.map(arnOf);
  const parameters = [...passwords, ...scriptParameters.map(arnOf)];
  const statements: Statement[] = [
    ...mayRead("ssm:GetParameter", parameters),
    ...mayRead(
      "secretsmanager:GetSecretValue",
      secrets.map(({ arn }) => arn),
    ),
  ];
  if (kmsKeyId !== undefined && passwords.length > 0) {
    statements.push(mayDecrypt(kmsKeyId, "ssm", region, { PARAMETER_ARN: oneOrMore(passwords) }));
  }
  for (const { arn, kmsKeyId: key } of secrets) {
    if (key !== undefined) {
      // arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME
      const [, , , secretRegion = region] = arn.split(":");
      statements.push(mayDecrypt(key, "secretsmanager", secretRegion, { SecretARN: arn }));
    }
  }
  if (permissions.metrics === true) {
    statements.push(maySendMetrics());
  }
  if (permissions.ssmAgent === true) {
    statements.push(AGENT);
  }
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function mayRead(action: string, resources: string[]): Statement[] {
  return resources.length === 0 ? [] : [{ Effect: "Allow", Action: action, Resource: oneOrMore(resources) }];
}

/**
 * By that service and for these values only: both give the ARN of what they decrypt as encryption context (AWS, "AWS KMS
 * encryption for AWS Systems Manager Parameter Store SecureString parameters" and "Secret encryption and decryption in
 * AWS Secrets Manager").
 */
function mayDecrypt(
  key: string,
  service: string,
  region: string,
  encryptionContext: Record<string, string | string[]>,
): Statement {
  const host = `${service}.${region}.amazonaws.com`;
  const context = Object.entries(encryptionContext).map(([name, value]) => [
    `kms:EncryptionContext:${name}`,
    value,
  ]);
  return {
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: key,
    Condition: {
      StringEquals: {
        // The domain of China's regions is another one; which of both stands in the request there is not documented.
        "kms:ViaService": region.startsWith("cn-") ? [host, `${host}.cn`] : host,
        ...Object.fromEntries(context),
      },
    },
  };
}

/**
 * What Systems Manager's agent needs to register, and for sessions and Run Command: AWS's policy
 * AmazonSSMManagedInstanceCore without its right to read every parameter of the account.
 */
const AGENT: Statement = {
  Effect: "Allow",
  Action: [
    "ssm:UpdateInstanceInformation",
    ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
      (action) => `ssmmessages:${action}`,
    ),
    ...["AcknowledgeMessage", "DeleteMessage", "FailMessage", "GetEndpoint", "GetMessages", "SendReply"].map(
      (action) => `ec2messages:${action}`,
    ),
  ],
  Resource: "*",
};

/** CloudWatch knows no resources for metrics, so that only the namespace can be named. */
function maySendMetrics(): Statement {
  return {
    Effect: "Allow",
    Action: "cloudwatch:PutMetricData",
    Resource: "*",
    Condition: { StringEquals: { "cloudwatch:namespace": METRICS_NAMESPACE } },
  };
}

/** A list of one is written without brackets, as AWS shows it. */
function oneOrMore(values: string[]): string | string[] {
  return values.length === 1 ? values.join() : values;
}
