import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { ApiEnv } from "./request";

/** A request to the API and its answer, for comparison with SendGrid's OpenAPI files. */
export interface Exchange {
  method: string;
  path: string;
  /** The operation's path with its parameters' names, `/v3/api_keys/:id`; empty where there is no such operation. */
  route: string;
  query: Record<string, string>;
  /** The parsed JSON with every secret redacted; undefined when there was no body. */
  requestBody: unknown;
  status: number;
  /** The parsed JSON with every secret redacted; undefined when there was no body. */
  responseBody: unknown;
  /** The answer's headers. The request's headers are not kept: one of them is the authorization. */
  headers: Record<string, string>;
  /** Whether an injected fault answered, or broke the connection, instead of the API. */
  injected: boolean;
  /** Whether the body or the query was refused for its shape, before anything was looked at. */
  misshapen: boolean;
}

/** How many exchanges are kept; the oldest go first. */
const MAX_EXCHANGES = 20_000;

/** Notes every exchange in the list. */
export function recordExchanges(log: Exchange[]): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const requestBody = parse(await context.req.text());
    await next();
    const response = context.res.clone();
    log.push({
      method: context.req.method,
      path: context.req.path,
      route: matchedRoutes(context).findLast(({ method }) => method !== "ALL")?.path ?? "",
      query: context.req.query(),
      requestBody: redact(requestBody),
      status: response.status,
      responseBody: redact(parse(await response.text())),
      headers: Object.fromEntries(response.headers),
      injected: context.get("injected") ?? false,
      misshapen: context.get("misshapen") ?? false,
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

/** Properties of bodies that hold a secret. */
const SECRETS = ["api_key", "password", "oauth_client_secret", "confirm_password"];

function redact(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(redact);
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      SECRETS.includes(name) && typeof value === "string" ? "[redacted]" : redact(value),
    ]),
  );
}
