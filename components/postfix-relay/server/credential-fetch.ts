import type { AwsCredential } from "./credential-source";
import { regionDomain } from "./region";

/** How a server's script gets a value, and what its messages call the value's place. */
export interface FetchedValue {
  /** A command in shell that leaves the value as `.Parameter.Value` in the file `answer`, or fails. */
  command: string;
  /** "parameter /smarthost/mail/password" */
  label: string;
}

/** The command for a source in AWS. The script needs `aws-session.ts` and, for secrets, {@link SECRET_FUNCTION}. */
export function fetchFromAws(credential: AwsCredential): FetchedValue {
  const { region } = credential;
  if (credential.source === "ssm") {
    const { parameterName: name } = credential;
    return {
      command: `ssm ${name} ${region} https://ssm.${regionDomain(region)}/`,
      label: `parameter ${name}`,
    };
  }
  const { secretId, field } = credential;
  return {
    command:
      `secret ${secretId} ${region} https://secretsmanager.${regionDomain(region)}/ ${field ?? ""}`.trimEnd(),
    label: field === undefined ? `secret ${secretId}` : `field ${field} of secret ${secretId}`,
  };
}

/**
 * `secret ID REGION URL [FIELD]` in shell. What is not there, or no text, becomes an empty value; jq's own message would
 * have the secret in it.
 */
export const SECRET_FUNCTION = `secret() {
  json secretsmanager $2 $3 secretsmanager.GetSecretValue '{"SecretId":"'$1'"}' || return
  jq --arg f "\${4-}" '{Parameter: {Value: ([.SecretString // "" | if $f == "" then . else fromjson? | objects | .[$f] | strings end][0] // "")}}' answer > value
  mv value answer
}
`;
