import type { Fault } from "../../faults";
import { regionFaults } from "./region";
import { checkSecret, type SecretsManagerCredential } from "./secret-source";

/** An SSM SecureString that holds the password and nothing else; the server reads it by its role. */
export interface SsmCredential {
  source: "ssm";
  parameterName: string;
  region: string;
}

/** {@link passwordFile} on the server, which you put there; it works on every cloud. */
export interface FileCredential {
  source: "file";
}

/** Where the server finds the password of a smart host. */
export type CredentialSource = AwsCredential | FileCredential;

/** A password that AWS keeps, and the server reads by its role. */
export type AwsCredential = SsmCredential | SecretsManagerCredential;

/** The folder for passwords that the operator puts onto the server; root's alone. */
export const PASSWORD_FOLDER = "/etc/smarthost";

/**
 * Where the operator puts the password of a smart host: `password` for the first, `password-2` for the second,
 * `password-news` for the route of that name. Root's, mode 0600 or 0400; a line break at its end does no harm.
 *
 * @param host place in the list of smart hosts, from 0, or a route's name
 */
export function passwordFile(host: number | string): string {
  return `${PASSWORD_FOLDER}/password${passwordSuffix(host)}`;
}

/** What tells the password of a host from the first smart host's, in the name of its file or parameter. */
export function passwordSuffix(host: number | string): string {
  const place = typeof host === "number" ? host + 1 : host;
  return place === 1 ? "" : `-${place}`;
}

/** Everything that is wrong with a source. */
export function checkCredential(credential: CredentialSource, path: string): Fault[] {
  switch (credential.source) {
    case "ssm":
      return checkParameter(credential, path);
    case "secretsmanager":
      return checkSecret(credential, path);
    case "file":
      return [];
    default: {
      // Programs in JavaScript, and settings read from a file, are not held to the type.
      const { source }: { source: unknown } = credential;
      const next = 'Use "ssm" or "secretsmanager" on AWS, "file" elsewhere.';
      return [{ path: `${path}.source`, value: String(source), reason: "is no source of a password", next }];
    }
  }
}

function checkParameter({ parameterName, region }: SsmCredential, path: string): Fault[] {
  return [
    ...parameterNameFaults(parameterName, `${path}.parameterName`),
    ...regionFaults(region, `${path}.region`),
  ];
}

/** What is wrong with the name of an SSM parameter (AWS, "Parameter name requirements and constraints" of PutParameter). */
export function parameterNameFaults(value: string, path: string): Fault[] {
  const wellFormed = /^([\w.-]+|(\/[\w.-]+){1,15})$/.test(value) && value.length <= 1011;
  if (wellFormed && !/^\/?(aws|ssm)/i.test(value)) return [];
  const reason =
    "is not a parameter name: at most 15 levels of letters, digits and .-_, each behind a slash, not beginning with aws or ssm";
  return [{ path, value, reason, next: 'Give a name such as "/smarthost/mail/password".' }];
}

/**
 * Where a relay on AWS keeps what its user data has no room for: in SSM, in parameters whose names begin so. Undefined
 * where the first password does not come from AWS.
 */
export function awsPlace({
  credential,
  parameterPrefix,
  hostName,
}: {
  credential?: CredentialSource;
  parameterPrefix?: string;
  hostName: string;
}): { prefix: string; region: string } | undefined {
  switch (credential?.source) {
    case "ssm":
      return { prefix: credential.parameterName, region: credential.region };
    case "secretsmanager":
      return { prefix: parameterPrefix ?? `/smarthost/${hostName}`, region: credential.region };
    default:
      return undefined;
  }
}

export { regionDomain } from "./region";
