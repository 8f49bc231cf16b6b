import { Problem } from "../problem";

/** AWS's error codes (API reference of SendCommand and GetCommandInvocation, "Errors") and the SDK's, with what to do. */
const ADVICE: Record<string, string> = {
  InvalidInstanceId:
    "Systems Manager does not know the instance in this region, or it is not running. Check --region; the relay needs ssmAgent, and its role the policy AmazonSSMManagedInstanceCore.",
  AccessDeniedException:
    "Let your user or role do ssm:SendCommand for the instance and the document AWS-RunShellScript, and ssm:GetCommandInvocation.",
  CredentialsProviderError: "Sign in, for example with `aws sso login`, or set AWS_PROFILE.",
  ExpiredTokenException: "Your credentials have expired. Sign in again, for example with `aws sso login`.",
  UnrecognizedClientException: "AWS does not know your access key. Check AWS_PROFILE or AWS_ACCESS_KEY_ID.",
  ThrottlingException: "Wait a minute and run the command again.",
};

/** AWS's or the SDK's refusal with the next action; errors of any other kind as they are. */
export function awsProblem(error: unknown, where: { instance: string; region?: string }): unknown {
  if (!(error instanceof Error)) {
    return error;
  }
  if (error.message === "Region is missing") {
    return new Problem("--region is missing", "Give --region, or set AWS_REGION.");
  }
  const place = where.region === undefined ? where.instance : `${where.instance} in ${where.region}`;
  const reason = error.message.trim() === error.name ? "" : `: ${error.message.trim()}`;
  return new Problem(
    `AWS Systems Manager was not able to run a command on ${place}: ${error.name}${reason}`,
    ADVICE[error.name] ?? "Check the connection to AWS, and run the command again.",
  );
}
