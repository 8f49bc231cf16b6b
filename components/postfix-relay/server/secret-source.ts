import type { Fault } from "../../faults";
import { regionFaults } from "./region";

/** A secret of AWS Secrets Manager; the server reads its current version by its role, so whoever rotates it is free. */
export interface SecretsManagerCredential {
  source: "secretsmanager";
  /** Its name, in the server's account, or its complete ARN. */
  secretId: string;
  region: string;
  /**
   * The field of the secret's JSON object that has the password, such as `password` where one of AWS's rotation
   * functions writes the secret. Default: the secret's text is the password.
   */
  field?: string;
}

// AWS, CreateSecret: names have at most 512 of these characters, and an ARN has six more after a hyphen.
const NAME = /^[\w/+=.@-]{1,512}$/;
const ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]{1,512}-[A-Za-z0-9]{6}$/;

/** The region in a secret's complete ARN; undefined where it is none. */
export function regionOfSecret(arn: string): string | undefined {
  return ARN.exec(arn)?.[1];
}

/** What is wrong with the complete ARN of a secret. */
export function secretArnFaults(arn: string, path: string): Fault[] {
  const reason = "is not the complete ARN of a secret";
  const next =
    "Give arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX, with the six characters at its end.";
  return regionOfSecret(arn) === undefined ? [{ path, value: arn, reason, next }] : [];
}

/** Everything that is wrong with a secret as a source. */
export function checkSecret({ secretId, region, field }: SecretsManagerCredential, path: string): Fault[] {
  const faults = [...regionFaults(region, `${path}.region`)];
  if (secretId.startsWith("arn:")) {
    const arnFaults = secretArnFaults(secretId, `${path}.secretId`);
    faults.push(...arnFaults);
    if (arnFaults.length === 0 && regionOfSecret(secretId) !== region) {
      const next = "Give the secret's own region.";
      faults.push({ path: `${path}.region`, value: region, reason: "is not the region in secretId", next });
    }
  } else if (!NAME.test(secretId)) {
    const reason = "is no name of a secret, which has letters, digits and /_+=.@-";
    faults.push({
      path: `${path}.secretId`,
      value: secretId,
      reason,
      next: "Give its name or its complete ARN.",
    });
  }
  return [...faults, ...fieldFaults(field, `${path}.field`)];
}

/** What is wrong with the field of a secret. */
export function fieldFaults(field: string | undefined, path: string): Fault[] {
  const reason = "is no field's name of at most 64 letters, digits and _.-";
  const next = 'Give the field with the password, such as "password".';
  return field === undefined || /^[\w.-]{1,64}$/.test(field) ? [] : [{ path, value: field, reason, next }];
}
