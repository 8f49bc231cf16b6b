import { isDeepStrictEqual } from "node:util";
import type { Client } from "@sendgrid/client";
import pLimit from "p-limit";
import pRetry from "p-retry";
import * as z from "zod";
import { misunderstood, type Purpose, refused, SendGridError, unanswered } from "./api-error";
import type { SendGridAccess } from "./client";
import { type Page, type Paging, type Query, unpaged } from "./paging";
import { abortable, pause } from "./pause";
import { SHARING, SharedList, type Sharing } from "./shared-list";

/** How long to go on when SendGrid does not do what it is asked at once. */
export interface Patience {
  /** Tries after the first. */
  retries: number;
  /** Milliseconds before the second try; doubled for each further one. */
  backOffMs: number;
  /** Longest wait for a rate limit to be renewed, in milliseconds. */
  rateLimitWaitMs: number;
  /** Milliseconds after which a request counts as unanswered. */
  timeoutMs: number;
  /** Milliseconds between the first two looks at what has to happen elsewhere: in DNS, in somebody's inbox. */
  pollMs: number;
  /** The pauses grow up to this, in milliseconds. */
  longestPollMs: number;
}

export const PATIENCE: Patience = {
  retries: 5,
  backOffMs: 500,
  rateLimitWaitMs: 60_000,
  timeoutMs: 30_000,
  pollMs: 5_000,
  longestPollMs: 30_000,
};

/** One request to the API. */
export interface ApiRequest<Answer> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the base URL, e.g. `/v3/api_keys`. */
  path: string;
  query?: Query;
  body?: Record<string, unknown> | readonly unknown[];
  /** What the answer's body has to be. */
  answer: z.ZodType<Answer>;
  purpose: Purpose;
  signal: AbortSignal;
  /** Whether doing it twice would do harm. Such a request is sent again only when SendGrid can't have acted on it. */
  once?: boolean;
}

/** The answer to a request whose body does not matter. */
export const ANYTHING = z.unknown();

/** What an API object can be given besides the access. */
export interface SendGridApiOptions {
  patience?: Patience;
  sharing?: Sharing;
  /** Requests under way at a time; 10 by default, where SendGrid allows 600 in a minute. */
  concurrency?: number;
  /** Instead of the official client's requests: where tests answer themselves. */
  client?: Pick<Client, "request">;
}

/** SendGrid's v3 API over the official client, with retries and with errors that say what to do. */
export class SendGridApi {
  private client: Promise<Pick<Client, "request">> | undefined;
  readonly patience: Patience;
  private readonly limit: ReturnType<typeof pLimit>;
  private readonly sharedLists = new Map<string, SharedList<unknown>>();

  constructor(
    readonly access: SendGridAccess,
    private readonly options: SendGridApiOptions = {},
  ) {
    this.patience = options.patience ?? PATIENCE;
    this.limit = pLimit(options.concurrency ?? 10);
    if (options.client !== undefined) this.client = Promise.resolve(options.client);
  }

  /**
   * Sends a request. Rate limits (429), internal errors and broken connections are waited out and tried again.
   *
   * @throws SendGridError
   */
  async request<Answer>(request: ApiRequest<Answer>): Promise<Answer> {
    const { retries, backOffMs } = this.patience;
    return await pRetry(() => this.send(request), {
      retries,
      minTimeout: backOffMs,
      maxTimeout: backOffMs * 16,
      randomize: backOffMs >= 100,
      signal: request.signal,
      shouldRetry: ({ error }) => error instanceof FailedTry && error.mayBeRepeated,
      onFailedAttempt: async ({ error, retriesLeft }) => {
        if (error instanceof FailedTry && retriesLeft > 0)
          await this.waitForRateLimit(error.resetAt, request.signal);
      },
    }).catch((error: unknown) => {
      request.signal.throwIfAborted();
      throw error instanceof FailedTry ? error.failure : error;
    });
  }

  /** As {@link request}, but undefined where SendGrid answers 404. */
  async find<Answer>(request: ApiRequest<Answer>): Promise<Answer | undefined> {
    try {
      return await this.request(request);
    } catch (error) {
      if (error instanceof SendGridError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** All items of a list, page by page. */
  async list<Item>(
    request: Omit<ApiRequest<Item[]>, "method" | "answer">,
    item: z.ZodType<Item>,
    paging: Paging = unpaged(),
  ): Promise<Item[]> {
    const answer = paging.answer(item);
    const items: Item[] = [];
    let query: Query | undefined = { ...request.query, ...paging.first };
    let last: Page<Item> | undefined;
    while (query !== undefined) {
      const page: Page<Item> = await this.request({ ...request, method: "GET", query, answer });
      // The same page again: this list knows no next one. Without this, a full first page would never end.
      if (last !== undefined && page.items.length > 0 && isDeepStrictEqual(page, last)) break;
      last = page;
      items.push(...page.items);
      const next = paging.next(page, items.length);
      query = next && { ...query, ...next };
    }
    return items;
  }

  /** One item of a list, which readers who come at the same time share. See {@link SharedList}. */
  async shared<Item>(
    path: string,
    id: string,
    one: () => Promise<Item | undefined>,
    all: () => Promise<ReadonlyMap<string, Item>>,
  ): Promise<Item | undefined> {
    const list: SharedList<unknown> =
      this.sharedLists.get(path) ?? new SharedList(this.options.sharing ?? SHARING);
    this.sharedLists.set(path, list);
    // A path stands for one kind of item.
    return (await list.read(id, one, all)) as Item | undefined;
  }

  private async send<Answer>({
    method,
    path,
    query,
    body,
    answer,
    purpose,
    once,
    signal,
  }: ApiRequest<Answer>) {
    const { baseUrl } = this.access;
    // Loaded with the first request: it is a third of the plugin's start, and many previews make none.
    this.client ??= import("./client").then(({ createClient }) =>
      createClient(this.access, this.patience.timeoutMs),
    );
    const client = await this.client;
    const sent = this.limit(async () => {
      signal.throwIfAborted();
      // What was listed before a write, or during it, may no longer be true.
      if (method !== "GET") this.sharedLists.clear();
      return await client.request({ method, url: path, qs: query, body });
    }).finally(() => {
      if (method !== "GET") this.sharedLists.clear();
    });
    const response = await abortable(signal, sent).catch((error: unknown) => {
      signal.throwIfAborted();
      const refusal = Refusal.safeParse(error).data;
      if (refusal !== undefined) {
        const { code: status, response } = refusal;
        const resetAt = status === 429 ? rateLimitReset(response.headers) : undefined;
        const failure = refused(purpose, baseUrl, status, response.body, resetAt);
        throw new FailedTry(failure, status === 429 || (status >= 500 && !once), resetAt);
      }
      if (!(error instanceof Error)) throw error;
      const failure = unanswered(purpose, baseUrl, withoutRequest(error));
      throw new FailedTry(failure, !once || !failure.mayHaveHappened);
    });
    const parsed = answer.safeParse(response[1]);
    if (!parsed.success) throw new FailedTry(misunderstood(purpose, baseUrl, parsed.error), false);
    return parsed.data;
  }

  private async waitForRateLimit(resetAt: Date | undefined, signal: AbortSignal): Promise<void> {
    const wait = Math.min((resetAt?.getTime() ?? 0) - Date.now(), this.patience.rateLimitWaitMs);
    if (wait > 0) await pause(wait, signal);
  }
}

/** The client's error for an answer of 400 or above; other errors have no answer. */
const Refusal = z.object({
  code: z.number(),
  response: z.object({ headers: z.unknown(), body: z.unknown() }),
});

/** A failed try, and whether another one can help. */
class FailedTry extends Error {
  constructor(
    readonly failure: SendGridError,
    readonly mayBeRepeated: boolean,
    readonly resetAt?: Date,
  ) {
    super(failure.message);
  }
}

/** Answers carry the second in which the limit is renewed; it matters where the limit is used up. */
function rateLimitReset(headers: unknown): Date | undefined {
  const parsed = z.object({ "x-ratelimit-reset": z.coerce.number().int().positive() }).safeParse(headers);
  return parsed.success ? new Date(parsed.data["x-ratelimit-reset"] * 1000) : undefined;
}

/** An axios error carries the request, and with it the API key: only its name, code and message go on. */
function withoutRequest(error: Error): Error {
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return Object.assign(new Error(error.message), { code });
}
