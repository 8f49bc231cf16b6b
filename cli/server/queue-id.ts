import { wrongUsage } from "../problem";

/**
 * A queue id: short ones are hexadecimal, long ones (`enable_long_queue_ids`) have letters and digits without vowels
 * (postconf(5)). Nothing that matches means anything to a shell, and `ALL` does not match.
 */
export const QUEUE_ID = /^[0-9A-Za-z]{6,20}$/;

/** The ids without repetitions; @throws Problem that names every word that is no queue id. */
export function parseQueueIds(words: readonly string[]): string[] {
  const wrong = words.filter((word) => !QUEUE_ID.test(word));
  if (wrong.length > 0) {
    const list = wrong.map((word) => JSON.stringify(word)).join(", ");
    throw wrongUsage(
      `${list}: no queue id, which has 6 to 20 letters and digits`,
      "Take ids from the first columns of `smarthost relay queue`.",
    );
  }
  return [...new Set(words)];
}
