import type { Fault } from "../faults";
import { CREDENTIAL_INTERVAL_SECONDS } from "../postfix-relay/server/credential";

/**
 * When an identity's API key is made anew, and how long the old one stays valid beside it. A change makes a new key, gives
 * it to what uses it, such as the relay's password, and deletes the old one at the end of `pulumi up`, which waits for it.
 */
export interface KeyRotation {
  /** Any text; a change of it rotates the key, such as `2026-12`. Default: none. */
  trigger?: string;
  /**
   * Seconds from the new key's making until the old one is deleted; 0 to 86,400, default 900. A relay looks for a new
   * password every 300. A change of it counts from the next rotation on.
   */
  gracePeriodSeconds?: number;
}

/** Two looks of the relay's, and one more for an update that has other things to do first. */
export const KEY_GRACE_SECONDS = 3 * CREDENTIAL_INTERVAL_SECONDS;

/** SendGrid's provider waits at most a day. */
const LONGEST_GRACE_SECONDS = 86_400;

/**
 * What the key's resource is given. It has its grace period before there is any rotation: the old key goes by what it
 * was made with.
 */
export function keyLife({ trigger, gracePeriodSeconds = KEY_GRACE_SECONDS }: KeyRotation = {}): {
  triggers?: Record<string, string>;
  gracePeriodSeconds: number;
} {
  return { ...(trigger !== undefined && { triggers: { rotation: trigger } }), gracePeriodSeconds };
}

/** What is wrong with the rotation. */
export function keyRotationFaults(
  { trigger, gracePeriodSeconds: grace }: KeyRotation = {},
  path = "keyRotation",
): Fault[] {
  const faults: Fault[] = [];
  if (trigger?.trim() === "") {
    const next = "Give a text that changes with each rotation, such as 2026-12, or leave it out.";
    faults.push({ path: `${path}.trigger`, value: trigger, reason: "is empty", next });
  }
  if (grace !== undefined && !(Number.isInteger(grace) && grace >= 0 && grace <= LONGEST_GRACE_SECONDS)) {
    const reason = `is not a whole number of seconds from 0 to ${LONGEST_GRACE_SECONDS}`;
    const next = `Leave it out for ${KEY_GRACE_SECONDS}, three times as long as a relay takes to fetch a new key.`;
    faults.push({ path: `${path}.gracePeriodSeconds`, value: String(grace), reason, next });
  }
  return faults;
}
