import { setTimeout as pause } from "node:timers/promises";
import { mailLog } from "../server/commands";
import { succeeded } from "../transport/run-checked";
import type { Transport } from "../transport/transport";
import { type Delivery, deliveriesOf, logMessages, queueIdOf } from "./log";
import type { TestMessage } from "./message";

/** How far the message came. */
export interface Followed {
  /** The queue id on the relay; undefined while the log does not have it. */
  id?: string;
  /** The last try; undefined while there was none. */
  delivery?: Delivery;
}

/** What the follower waits for and how long. */
export interface FollowOptions {
  /** Known already, from the relay's answer to SMTP. */
  id?: string;
  waitSeconds: number;
  onProgress: (text: string) => void;
}

const PAUSE_MS = 1_000;

/** Follows a message in the relay's log until its first delivery was tried, or the time is over. */
export async function follow(
  transport: Transport,
  message: TestMessage,
  { id, waitSeconds, onProgress }: FollowOptions,
): Promise<Followed> {
  const end = Date.now() + waitSeconds * 1_000;
  const followed: Followed = { id };
  for (;;) {
    followed.id ??= queueIdOf(await logOf(transport, message.token), message.messageId);
    if (followed.id !== undefined) {
      followed.delivery = deliveriesOf(await logOf(transport, followed.id), followed.id).at(-1);
    }
    if (followed.delivery !== undefined || Date.now() >= end) {
      return followed;
    }
    onProgress(
      followed.id === undefined ? "waiting for the queue id" : `waiting for the delivery of ${followed.id}`,
    );
    await pause(PAUSE_MS);
  }
}

async function logOf(transport: Transport, word: string): Promise<string[]> {
  const ran = await transport.run(mailLog(word));
  // journalctl ends with 1 and without a word where nothing matches.
  const nothing = ran.exitCode === 1 && ran.stderr.trim() === "";
  return nothing ? [] : logMessages(succeeded(ran, "journalctl", transport).stdout);
}
