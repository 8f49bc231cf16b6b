import { z } from "zod";
import type { Principal } from "../aws/access";
import type { AwsAccount } from "../aws/account";
import { type Answer, failure } from "./aws-answer";

const GET_SECRET_VALUE = z.strictObject({
  SecretId: z.string().min(1).max(2048),
  VersionStage: z.literal("AWSCURRENT").optional(),
});

/**
 * Secrets Manager's GetSecretValue for a principal whose signature was verified: the current version of a secret, by name
 * or complete ARN, if its role allows that and the use of a customer managed key.
 */
export function getSecretValue(
  account: AwsAccount,
  body: unknown,
  principal: Principal,
): Answer & { resource: string } {
  const input = GET_SECRET_VALUE.safeParse(body);
  if (!input.success) {
    return { ...failure(400, "ValidationException", z.prettifyError(input.error)), resource: "" };
  }
  const { SecretId: id } = input.data;
  const secret = account.secrets.find(id);
  // Without the secret its six characters are not known, and AWS evaluates the policy with the name alone.
  const resource =
    secret?.arn ?? (id.startsWith("arn:") ? id : account.arn("secretsmanager", `secret:${id}`));
  if (!account.isAllowed(principal, "secretsmanager:GetSecretValue", resource)) {
    const message =
      `User: ${principal.arn} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${id} ` +
      "because no identity-based policy allows the secretsmanager:GetSecretValue action";
    return { ...failure(400, "AccessDeniedException", message), resource };
  }
  if (secret === undefined) {
    const message = "Secrets Manager can't find the specified secret.";
    return { ...failure(400, "ResourceNotFoundException", message), resource };
  }
  if (!account.mayDecryptSecret(principal, secret)) {
    return { ...failure(400, "AccessDeniedException", "Access to KMS is not allowed"), resource };
  }
  const { arn, name, value, versionId } = secret;
  return {
    status: 200,
    body: { ARN: arn, Name: name, VersionId: versionId, VersionStages: ["AWSCURRENT"], SecretString: value },
    resource,
  };
}
