import { randomBytes, randomUUID } from "node:crypto";
import { AwsRefusal } from "./refusal";

/** A secret of Secrets Manager in its current version (`AWSCURRENT`). */
export interface Secret {
  name: string;
  /** Ends with a hyphen and six characters that AWS picks. */
  arn: string;
  value: string;
  versionId: string;
  /** What encrypts it: the ARN of a customer managed key, or `alias/aws/secretsmanager`. */
  keyId: string;
}

/**
 * AWS Secrets Manager, as it is there before a stack: an operator makes secrets, and a rotation writes them. It does not
 * show versions besides the current one, binary values, deletion with a recovery window, or the secret's own policy.
 */
export class Secrets {
  readonly #secrets = new Map<string, Secret>();

  /** @param arnPrefix `arn:aws:secretsmanager:REGION:ACCOUNT:secret` */
  constructor(private readonly arnPrefix: string) {}

  /** Makes a secret. @param keyId default `alias/aws/secretsmanager` */
  create(name: string, value: string, keyId = "alias/aws/secretsmanager"): Secret {
    if (this.#secrets.has(name)) {
      throw new AwsRefusal(
        "ResourceExistsException",
        `The operation failed because the secret ${name} already exists.`,
      );
    }
    const arn = `${this.arnPrefix}:${name}-${randomBytes(3).toString("hex")}`;
    const secret = { name, arn, value, keyId, versionId: randomUUID() };
    this.#secrets.set(name, secret);
    return secret;
  }

  /** Writes a new current version. */
  put(name: string, value: string): Secret {
    const secret = this.find(name);
    if (secret === undefined) {
      throw new AwsRefusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    return Object.assign(secret, { value, versionId: randomUUID() });
  }

  /** The secret with this name or complete ARN; undefined when there is none. */
  find(id: string): Secret | undefined {
    return this.#secrets.get(id) ?? [...this.#secrets.values()].find(({ arn }) => arn === id);
  }
}
