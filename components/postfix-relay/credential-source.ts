import type { Fault } from "../faults";

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
export type CredentialSource = SsmCredential | FileCredential;

/** The folder for passwords that the operator puts onto the server; root's alone. */
export const PASSWORD_FOLDER = "/etc/smarthost";

/**
 * Where the operator puts the password of a smart host: `password` for the first, `password-2` for the second. Root's,
 * mode 0600 or 0400; a line break at its end does no harm.
 *
 * @param index place in the list of smart hosts, from 0
 */
export function passwordFile(index: number): string {
  return `${PASSWORD_FOLDER}/password${index === 0 ? "" : `-${index + 1}`}`;
}

/** Everything that is wrong with a source. */
export function checkCredential(credential: CredentialSource, path: string): Fault[] {
  switch (credential.source) {
    case "ssm":
      return checkParameter(credential, path);
    case "file":
      return [];
    default: {
      // Programs in JavaScript, and settings read from a file, are not held to the type.
      const { source }: { source: unknown } = credential;
      const next = 'Use "ssm" on AWS, "file" elsewhere.';
      return [{ path: `${path}.source`, value: String(source), reason: "is no source of a password", next }];
    }
  }
}

function checkParameter({ parameterName, region }: SsmCredential, path: string): Fault[] {
  const faults: Fault[] = [];
  // AWS, "Parameter name requirements and constraints" of PutParameter.
  const wellFormed = /^(\/?[\w.-]+)(\/[\w.-]+){0,14}$/.test(parameterName) && parameterName.length <= 1011;
  if (!wellFormed || /^\/?(aws|ssm)/i.test(parameterName)) {
    faults.push({
      path: `${path}.parameterName`,
      value: parameterName,
      reason:
        "is not a parameter name: at most 15 levels of letters, digits and .-_ parted by slashes, not beginning with aws or ssm",
      next: 'Give a name such as "/smarthost/mail/password".',
    });
  }
  if (!/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region) || region.length > 32) {
    const next = "Give the region where the parameter is, such as eu-central-1.";
    faults.push({ path: `${path}.region`, value: region, reason: "is not an AWS region", next });
  }
  return faults;
}

/** The domain of a region's endpoints; China's have one of their own (AWS, "AWS service endpoints"). */
export function regionDomain(region: string): string {
  return `${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
