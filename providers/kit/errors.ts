import type { status } from "@grpc/grpc-js";

/** An error with the gRPC status that tells the engine what kind it is. */
export class StatusError extends Error {
  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
    this.name = "StatusError";
  }
}

/**
 * A create or an update that has left something behind. The engine keeps it in the state together with the
 * reasons, and the next `up` calls the resource's update to finish it.
 */
export class IncompleteResource extends Error {
  /**
   * @param outputs what is known of it so far
   * @param reasons what is not finished and why, one sentence each
   */
  constructor(
    readonly id: string,
    readonly outputs: Record<string, unknown>,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("\n"));
    this.name = "IncompleteResource";
  }
}

/** Whether an error leaves open if what was asked has happened all the same: it says so itself. */
export function isUncertain(error: unknown): error is Error & { mayHaveHappened: true } {
  return error instanceof Error && "mayHaveHappened" in error && error.mayHaveHappened === true;
}

/** A readable message of anything thrown, with the causes that explain it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message || error.name;
  const cause =
    error.cause instanceof Error && !message.includes(error.cause.message) ? error.cause : undefined;
  return cause === undefined ? message : `${message} (${messageOf(cause)})`;
}

/** Takes secrets out of a text. Very short ones stay: they would take ordinary words with them. */
export function redact(text: string, secrets: Iterable<string>): string {
  let redacted = text;
  for (const secret of secrets) if (secret.length >= 6) redacted = redacted.replaceAll(secret, "[secret]");
  return redacted;
}
