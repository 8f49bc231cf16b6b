import { setTimeout as delay } from "node:timers/promises";
import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ApiEnv } from "./request";

/** A trouble that the next matching requests run into instead of, or after, their work. */
export type Fault = {
  /** How many requests run into it; 1 by default. */
  times?: number;
  /** How many matching requests are let through before; none by default. */
  skip?: number;
  method?: string;
  path?: string | RegExp;
} & (
  | {
      /** Answered instead of the API, which does not see the request. */
      status: number;
      headers?: Record<string, string>;
      /** Sent as JSON; a string is sent as it is. Default: SendGrid's error list with the status. */
      body?: unknown;
    }
  | {
      /** The connection breaks before the API did its work, or after it did and before it answers. */
      reset: "before" | "after";
    }
  | {
      /** The answer comes this many milliseconds late, after the work is done. */
      delayMs: number;
    }
);

/** The faults that a test or a rehearsal has put in the way of the API's clients. */
export class Faults {
  readonly #waiting: { fault: Fault; skip: number; left: number }[] = [];
  readonly #forbidden = new Map<string, 401 | 403>();

  /** Lets the next requests fail, `times` of them (default 1); faults wait in the order they were given. */
  next(fault: Fault): void {
    this.#waiting.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  /** Refuses every request that needs a scope, with 403 (default) or 401, until the faults are cleared. */
  forbid(scope: string, status: 401 | 403 = 403): void {
    this.#forbidden.set(scope, status);
  }

  /** The status with which requests that need the scope are refused, undefined if they are not. */
  forbids(scope: string): 401 | 403 | undefined {
    return this.#forbidden.get(scope);
  }

  /** Drops every fault that still waits. */
  clear(): void {
    this.#waiting.length = 0;
    this.#forbidden.clear();
  }

  /** The fault for this request, if one waits; it is used up. */
  take(method: string, path: string): Fault | undefined {
    const matching = this.#waiting.filter(({ fault }) => isFor(fault, method, path));
    const entry = matching.find(({ skip }) => skip === 0);
    // One that is let through counts for each fault that lets requests through.
    if (entry === undefined) for (const waiting of matching) waiting.skip--;
    if (entry === undefined) return undefined;
    entry.left--;
    if (entry.left <= 0) this.#waiting.splice(this.#waiting.indexOf(entry), 1);
    return entry.fault;
  }
}

/** Lets requests run into the faults that wait for them. */
export function injectFaults(faults: Faults): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const fault = faults.take(context.req.method, context.req.path);
    if (!fault) return next();
    if ("delayMs" in fault) {
      await next();
      await delay(fault.delayMs);
      return;
    }
    context.set("injected", true);
    if ("reset" in fault) {
      if (fault.reset === "after") await next();
      context.env.incoming.socket.destroy();
      return context.body(null, 500);
    }
    const body = fault.body ?? { errors: [{ field: null, message: `injected status ${fault.status}` }] };
    const status = fault.status as ContentfulStatusCode;
    return typeof body === "string"
      ? context.body(body, status, fault.headers)
      : context.json(body, status, fault.headers);
  };
}

function isFor(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === "string" ? fault.path === path : fault.path.test(path);
}
