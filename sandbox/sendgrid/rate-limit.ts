import type { MiddlewareHandler } from "hono";
import { Refusal } from "./refusal";

/** SendGrid's limits, per window: requests, and the window's length in seconds. Default 600 in 60. */
export interface RateLimitOptions {
  limit: number;
  windowSeconds: number;
}

/** The state after a request was counted, as the X-RateLimit headers show it. */
export interface RateLimitState {
  exceeded: boolean;
  headers: Record<string, string>;
}

/** Counts requests in fixed windows, as SendGrid's headers describe it. */
export class RateLimit {
  #used = 0;
  #resetAt = 0;

  constructor(readonly options: RateLimitOptions = { limit: 600, windowSeconds: 60 }) {}

  count(): RateLimitState {
    const { limit, windowSeconds } = this.options;
    const now = Date.now() / 1000;
    if (now >= this.#resetAt) {
      this.#used = 0;
      this.#resetAt = Math.ceil(now + windowSeconds);
    }
    this.#used++;
    return {
      exceeded: this.#used > limit,
      headers: {
        "X-RateLimit-Limit": String(limit),
        "X-RateLimit-Remaining": String(Math.max(0, limit - this.#used)),
        "X-RateLimit-Reset": String(this.#resetAt),
      },
    };
  }
}

/** Counts a request and shows the count in the answer's headers. @throws Refusal 429 beyond the limit. */
export function limitRate(rateLimit: RateLimit): MiddlewareHandler {
  return async (context, next) => {
    const { exceeded, headers } = rateLimit.count();
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    if (exceeded) throw new Refusal(429, [{ field: null, message: "too many requests" }]);
    await next();
  };
}
