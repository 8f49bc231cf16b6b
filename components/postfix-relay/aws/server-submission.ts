import type { Fault } from "../../faults";
import { checkClientRange } from "../postfix/clients";
import type { Submission } from "../postfix/submission";
import type { RelayPassword } from "./relay-password";

/** Logins for clients outside of the ranges, on 587 and 465; see `Submission`. */
export interface ServerSubmission extends Pick<Submission, "serverName" | "senders"> {
  /**
   * A line `NAME:{SCHEME}HASH` for each user, with hashes of ARGON2ID, BLF-CRYPT or SHA512-CRYPT; secret. A text goes into an
   * SSM SecureString of the advanced tier, at most 8192 bytes. It is checked in the preview as far as it is known there.
   */
  users: RelayPassword;
  /**
   * Private key, certificate for `serverName` and intermediate certificates, in PEM; secret. A text goes into an SSM
   * SecureString of the advanced tier, at most 8192 bytes; one that is expired or for another name is refused.
   */
  certificate: RelayPassword;
  /** The IPv4 ranges that reach 587 and 465, as CIDR. Default: everybody, for who has no login is refused. */
  from?: string[];
}

export const ANYWHERE = "0.0.0.0/0";

/** What is wrong with the ranges that may log in; everybody is a range here. */
export function submissionRangeFaults({ from }: Pick<ServerSubmission, "from">): Fault[] {
  const path = "submission.from";
  if (from?.length === 0) {
    const next = `Give a range, or leave it out for ${ANYWHERE}.`;
    return [{ path, reason: "is empty, so that nobody could log in", next }];
  }
  return (from ?? []).flatMap((range, index) =>
    range === ANYWHERE ? [] : checkClientRange(range, `${path}[${index}]`),
  );
}
