import type { Asking } from "./collection";
import { pause } from "./pause";

/** The time that a wait has taken. */
export interface Clock {
  /** Whether the time is up: this look is the last. */
  isOver(): boolean;
  /** For messages, e.g. `12 of 600 s`. */
  elapsed(): string;
}

/**
 * Looks again and again, with pauses that grow, at what has to happen elsewhere: in DNS, in somebody's inbox.
 *
 * @param seconds how long; 0 looks once
 * @param look answers what it comes to, or undefined for another look; it throws when the time is up
 */
export async function poll<Result>(
  { session, signal }: Asking,
  seconds: number,
  look: (clock: Clock) => Promise<Result | undefined>,
): Promise<Result> {
  const { pollMs, longestPollMs } = session.patience;
  const start = Date.now();
  const end = start + seconds * 1000;
  const clock = {
    isOver: () => Date.now() >= end,
    elapsed: () => `${Math.round((Date.now() - start) / 1000)} of ${seconds} s`,
  };
  for (let wait = pollMs; ; wait = Math.min(wait * 1.5, longestPollMs)) {
    const result = await look(clock);
    if (result !== undefined) return result;
    await pause(Math.min(wait, Math.max(end - Date.now(), 0)), signal);
  }
}
