import { Client } from "@sendgrid/client";
import { ResponseError } from "@sendgrid/helpers/classes";
import pRetry from "p-retry";
import * as z from "zod";
import { misunderstood, type Purpose, refused, SendGridError, unanswered } from "./api-error";
import { isThisMachine } from "./base-url";
import { abortable, pause } from "./pause";

/** How to reach one SendGrid account. */
export interface SendGridAccess {
  apiKey: string;
  /** Without a trailing slash, e.g. `https://api.sendgrid.com`. */
  baseUrl: string;
  /** User name of a subuser, or `account-id NUMBER`, to act for. */
  onBehalfOf?: string;
}

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
  private readonly client = new Client();

  constructor(
    private readonly access: SendGridAccess,
    private readonly patience: Patience = PATIENCE,
  ) {
    this.client.setApiKey(access.apiKey);
    if (access.onBehalfOf !== undefined) this.client.setImpersonateSubuser(access.onBehalfOf);
    // Options of axios, beneath the client, that its types don't name. No proxy leads back to this machine.
    const options = {
      url: "",
      baseUrl: `${access.baseUrl}/`,
      timeout: patience.timeoutMs,
      maxRedirects: 0,
      proxy: isThisMachine(access.baseUrl) ? false : undefined,
    };
    this.client.setDefaultRequest(options);
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
    const response = await abortable(
      signal,
      this.client.request({ method, url: path, qs: query, body }),
    ).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof ResponseError) {
        const resetAt = error.code === 429 ? rateLimitReset(error.response.headers) : undefined;
        const failure = refused(purpose, baseUrl, error.code, error.response.body, resetAt);
        throw new FailedTry(failure, error.code === 429 || (error.code >= 500 && !once), resetAt);
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
