import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./request";

/** A request to the API and its answer, for comparison with SendGrid's OpenAPI files. */
export interface Exchange {
  method: string;
  path: string;
  query: Record<string, string>;
  /** The parsed JSON; undefined when there was no body. */
  requestBody: unknown;
  status: number;
  /** The parsed JSON with every API key redacted; undefined when there was no body. */
  responseBody: unknown;
  /** The answer's headers. The request's headers are not kept: one of them is the authorization. */
  headers: Record<string, string>;
  /** Whether an injected fault answered, or broke the connection, instead of the API. */
  injected: boolean;
}

/** How many exchanges are kept; the oldest go first. */
const MAX_EXCHANGES = 2000;

/** Notes every exchange in the list. */
export function recordExchanges(log: Exchange[]): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const requestBody = parse(await context.req.text());
    await next();
    const response = context.res.clone();
    log.push({
      method: context.req.method,
      path: context.req.path,
      query: context.req.query(),
      requestBody,
      status: response.status,
      responseBody: redact(parse(await response.text())),
      headers: Object.fromEntries(response.headers),
      injected: context.get("injected") ?? false,
    });
    if (log.length > MAX_EXCHANGES) log.shift();
  };
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function redact(body: unknown): unknown {
  if (typeof body !== "object" || body === null || !("api_key" in body)) return body;
  return { ...body, api_key: "[redacted]" };
}
