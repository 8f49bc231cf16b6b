import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until a condition holds, looking ten times a second.
 *
 * @param what the condition in words, for the error, such as "the queue is empty"
 * @param seconds a limit for what hangs, not a promise about speed; default 180
 * @throws Error that names the condition when the time is up
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 180,
): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`After ${seconds} s it is still not so that ${what}.`);
    }
    await sleep(100);
  }
}
