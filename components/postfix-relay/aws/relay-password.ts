import * as pulumi from "@pulumi/pulumi";
import { type Fault, under } from "../../faults";
import { refuse } from "../../refuse";
import { regionOfSecret, secretArnFaults } from "../server/secret-source";
import { keyFaults } from "./customer-key";

/** A password that somebody else keeps in AWS Secrets Manager: nothing of it is in the stack, and its rotation is theirs. */
export interface SecretPassword {
  /** The complete ARN of an existing secret in the relay's region; the servers may read it and no other. */
  secretArn: pulumi.Input<string>;
  /** The field of its JSON object that has the password. Default: the secret's text is the password. */
  field?: string;
  /** The ARN of the customer managed key that encrypts it. Default: it is AWS's own, `aws/secretsmanager`. */
  kmsKeyId?: pulumi.Input<string>;
}

/**
 * A smart host's SASL password: the text itself, which goes into an SSM SecureString and never into user data, or a secret
 * that is there already.
 */
export type RelayPassword = pulumi.Input<string> | SecretPassword;

/** Whether a password is in Secrets Manager. */
export function isInSecretsManager(password: RelayPassword): password is SecretPassword {
  return typeof password === "object" && !pulumi.Output.isInstance(password) && "secretArn" in password;
}

/** What is wrong with a password as far as it is known before any look-up. */
export function relayPasswordFaults(password: RelayPassword, path: string): Fault[] {
  if (!isInSecretsManager(password)) {
    return [];
  }
  const { secretArn, kmsKeyId } = password;
  return [
    ...(typeof secretArn === "string" ? secretArnFaults(secretArn, `${path}.secretArn`) : []),
    ...(typeof kmsKeyId === "string" ? under(path, keyFaults(kmsKeyId)) : []),
  ];
}

/** A secret as it is known when the role and the user data are made. */
export interface KnownSecret {
  arn: string;
  kmsKeyId?: string;
}

/** The secrets by the names of the parameters in whose place they are. */
export type KnownSecrets = Record<string, KnownSecret>;

/** The secrets of the passwords, refused in the preview where they are not of the relay's region. */
export function checkedSecrets(
  subject: string,
  passwords: readonly { password: RelayPassword; path: string; parameterName: string }[],
  region: pulumi.Input<{ region: string }>,
): pulumi.Output<KnownSecrets> {
  const secrets = passwords.flatMap(({ password, path, parameterName }) =>
    isInSecretsManager(password)
      ? pulumi
          .all([password.secretArn, password.kmsKeyId, region])
          .apply(([arn, kmsKeyId, { region: here }]) => {
            refuse(subject, knownSecretFaults({ arn, kmsKeyId }, path, here));
            return { parameterName, secret: { arn, kmsKeyId } };
          })
      : [],
  );
  return pulumi
    .all(secrets)
    .apply((known) => Object.fromEntries(known.map(({ parameterName, secret }) => [parameterName, secret])));
}

function knownSecretFaults({ arn, kmsKeyId }: KnownSecret, path: string, here: string): Fault[] {
  const faults = secretArnFaults(arn, `${path}.secretArn`);
  const region = regionOfSecret(arn);
  if (region !== undefined && region !== here) {
    const reason = `is a secret of ${region}, and the relay is in ${here}`;
    const next = `Give its replica in ${here}: aws secretsmanager replicate-secret-to-regions.`;
    faults.push({ path: `${path}.secretArn`, value: arn, reason, next });
  }
  return [...faults, ...(kmsKeyId === undefined ? [] : under(path, keyFaults(kmsKeyId, here)))];
}
