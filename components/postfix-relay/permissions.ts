import { METRICS_NAMESPACE } from "./metrics";

/** What the server's role may do. */
export interface RelayPermissions {
  /** The partition of the account's ARNs: aws, aws-cn or aws-us-gov. */
  partition: string;
  region: string;
  accountId: string;
  /** The SSM parameters with the passwords; their names begin with a slash. */
  passwordParameters: string[];
  /** The SSM parameter with the script for the metrics; undefined where no metrics are sent. */
  metricsParameter?: string;
  /** The ARN of the customer managed key that encrypts the passwords; undefined where AWS's own does. */
  kmsKeyId?: string;
}

interface Statement {
  Effect: "Allow";
  Action: string;
  Resource: string | string[];
  Condition?: { StringEquals: Record<string, string | string[]> };
}

/**
 * The role's policy: it reads its own parameters, and sends metrics to the relays' namespace where they are on. AWS's own key aws/ssm lets everyone
 * in the account decrypt by SSM, so only a customer managed key needs a statement of its own.
 */
export function renderPermissions(permissions: RelayPermissions): string {
  const { partition, region, accountId, passwordParameters, metricsParameter, kmsKeyId } = permissions;
  const arnOf = (name: string) => `arn:${partition}:ssm:${region}:${accountId}:parameter${name}`;
  const passwords = passwordParameters.map(arnOf);
  const parameters = metricsParameter === undefined ? passwords : [...passwords, arnOf(metricsParameter)];
  const statements: Statement[] = [
    { Effect: "Allow", Action: "ssm:GetParameter", Resource: oneOrMore(parameters) },
  ];
  if (kmsKeyId !== undefined) {
    statements.push(mayDecrypt(kmsKeyId, passwords, region));
  }
  if (metricsParameter !== undefined) {
    statements.push(maySendMetrics());
  }
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/**
 * By SSM and for these parameters only: SSM decrypts with the parameter's ARN as encryption context (AWS, "AWS KMS
 * encryption for AWS Systems Manager Parameter Store SecureString parameters").
 */
function mayDecrypt(key: string, parameters: string[], region: string): Statement {
  const service = `ssm.${region}.amazonaws.com`;
  return {
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: key,
    Condition: {
      StringEquals: {
        // The domain of China's regions is another one; which of both stands in the request there is not documented.
        "kms:ViaService": region.startsWith("cn-") ? [service, `${service}.cn`] : service,
        "kms:EncryptionContext:PARAMETER_ARN": oneOrMore(parameters),
      },
    },
  };
}

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
