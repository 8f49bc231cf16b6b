import { setTimeout as sleep } from "node:timers/promises";
import { type Attempt, Client, type ClientOptions, failed, type Letter } from "./client";

/** What became of letters that clients handed in as real ones do: they try again until it is accepted. */
export interface LoadResult {
  /** Letters that the relay accepted. */
  accepted: Letter[];
  /** Ids of letters that had to be sent again because the connection broke under way, and how often. */
  unknown: Map<string, number>;
  /** Answers of 400 and above, each with how often it came. */
  refusals: Map<string, number>;
}

/** How a load is handed in. */
export interface LoadOptions extends ClientOptions {
  /** Connections at once. Default 5. */
  connections?: number;
  /** The clients' addresses, taken in turn. */
  localAddresses: readonly string[];
  /** Messages on one connection before the client makes a new one. Default no limit. */
  messagesPerConnection?: number;
  /** Called after each letter that was accepted, with how many there are. */
  onAccepted?: (count: number) => void;
  /** Tells clients to stop; what is under way is finished. */
  signal?: AbortSignal;
}

/** How long a client waits before it tries again. */
const RETRY_MS = 200;
/** A client gives up after so many attempts for one letter: more than four minutes. */
const MOST_ATTEMPTS = 1_200;

/**
 * Hands in letters over several connections at once. Like a client that queues itself, each letter is tried again after
 * a 4xx or a broken connection, and given up after 5xx.
 *
 * @throws Error when a letter is refused for good, or was tried too often
 */
export async function handInAll(letters: Iterable<Letter>, options: LoadOptions): Promise<LoadResult> {
  const result: LoadResult = { accepted: [], unknown: new Map(), refusals: new Map() };
  const source = letters[Symbol.iterator]();
  const { connections = 5, localAddresses } = options;
  const workers = Array.from({ length: connections }, async (_, index) => {
    const localAddress = localAddresses[index % localAddresses.length] ?? "";
    await work(source, localAddress, options, result);
  });
  await Promise.all(workers);
  return result;
}

async function work(
  source: Iterator<Letter>,
  localAddress: string,
  options: LoadOptions,
  result: LoadResult,
): Promise<void> {
  let client: Client | undefined;
  let onThis = 0;
  for (;;) {
    if (options.signal?.aborted) break;
    const next = source.next();
    if (next.done === true) break;
    const letter = next.value;
    for (let attempt = 1; ; attempt += 1) {
      let outcome: Attempt;
      try {
        client ??= await Client.connect(options, localAddress);
        outcome = await client.send(letter);
      } catch (error) {
        outcome = { ...failed(error), unknown: false };
      }
      if (client !== undefined && (!client.isOpen || !outcome.accepted)) {
        client.close();
        client = undefined;
        onThis = 0;
      }
      if (outcome.accepted) break;
      count(result.refusals, outcome.answer);
      if (outcome.unknown) count(result.unknown, letter.id);
      if ((outcome.code ?? 0) >= 500 || attempt === MOST_ATTEMPTS) {
        throw new Error(`The relay did not take ${letter.id} in ${attempt} attempts: ${outcome.answer}`);
      }
      await sleep(RETRY_MS);
    }
    result.accepted.push(letter);
    options.onAccepted?.(result.accepted.length);
    onThis += 1;
    if (onThis === options.messagesPerConnection) {
      client?.close();
      client = undefined;
      onThis = 0;
    }
  }
  client?.close();
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
