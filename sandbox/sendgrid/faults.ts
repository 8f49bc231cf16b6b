import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ApiEnv } from "./request";

/** A trouble that the next matching requests run into instead of, or after, their work. */
export type Fault = { times?: number; method?: string; path?: string | RegExp } & (
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
);

/** The faults that a test or a rehearsal has put in the way of the API's clients. */
export class Faults {
  readonly #waiting: { fault: Fault; left: number }[] = [];

  /** Lets the next requests fail, `times` of them (default 1); faults wait in the order they were given. */
  next(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** Drops every fault that still waits. */
  clear(): void {
    this.#waiting.length = 0;
  }

  /** The fault for this request, if one waits; it is used up. */
  take(method: string, path: string): Fault | undefined {
    const index = this.#waiting.findIndex(({ fault }) => isFor(fault, method, path));
    const entry = this.#waiting[index];
    if (!entry) return undefined;
    entry.left--;
    if (entry.left <= 0) this.#waiting.splice(index, 1);
    return entry.fault;
  }
}

/** Lets requests run into the faults that wait for them. */
export function injectFaults(faults: Faults): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const fault = faults.take(context.req.method, context.req.path);
    if (!fault) return next();
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
