/** A refusal in the words of the AWS API: a code, a colon, and the reason. */
export class AwsRefusal extends Error {
  override readonly name = "AwsRefusal";

  constructor(
    readonly code: string,
    reason: string,
  ) {
    super(`${code}: ${reason}`);
  }
}
