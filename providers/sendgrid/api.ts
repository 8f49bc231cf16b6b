import type { Client } from "@sendgrid/client";
import pRetry from "p-retry";
import * as z from "zod";
import { misunderstood, type Purpose, refused, SendGridError, unanswered } from "./api-error";
import type { SendGridAccess } from "./client";
import { abortable, pause } from "./pause";

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
}

export const PATIENCE: Patience = { retries: 5, backOffMs: 500, rateLimitWaitMs: 60_000, timeoutMs: 30_000 };

/** One request to the API. */
export interface ApiRequest<Answer> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the base URL, e.g. `/v3/api_keys`. */
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: Record<string, unknown>;
  /** What the answer's body has to be. */
  answer: z.ZodType<Answer>;
  purpose: Purpose;
  signal: AbortSignal;
  /** Whether doing it twice would do harm. Such a request is sent again only when SendGrid can't have acted on it. */
  once?: boolean;
}

/** The answer to a request whose body does not matter. */
export const ANYTHING = z.unknown();

/** SendGrid's v3 API over the official client, with retries and with errors that say what to do. */
export class SendGridApi {
  private client: Promise<Client> | undefined;

  constructor(
    private readonly access: SendGridAccess,
    private readonly patience: Patience = PATIENCE,
  ) {}

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

  /** All pages of a list that takes limit and offset. */
  async list<Item>(
    request: Omit<ApiRequest<Item[]>, "method" | "answer">,
    item: z.ZodType<Item>,
  ): Promise<Item[]> {
    const limit = 100;
    const items: Item[] = [];
    for (;;) {
      const query = { ...request.query, limit, offset: items.length };
      const page = await this.request({ ...request, method: "GET", query, answer: z.array(item) });
      items.push(...page);
      if (page.length < limit) return items;
    }
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
    const sent = client.request({ method, url: path, qs: query, body });
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
