import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "./account";
import type { ApiKey } from "./api-keys";
import { type ApiFault, Refusal } from "./refusal";

/** What a request carries; key and user once it is authorized. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: {
    /** The key that the request came with. */
    key: ApiKey;
    /** The user it acts for: the account itself, or the subuser of `on-behalf-of`. */
    user: string;
    /** Set where an injected fault took the request. */
    injected?: boolean;
    /** Set where the body or the query was refused for its shape. */
    misshapen?: boolean;
  };
}

/** Lets a request pass whose key is known and, where a scope is named, has it. @throws Refusal 401 or 403 otherwise. */
export function requireScope(account: SendGridAccount, scope?: string): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const forbidden = scope === undefined ? undefined : account.faults.forbids(scope);
    if (forbidden !== undefined) {
      context.set("injected", true);
      throw new Refusal(forbidden, [
        { field: null, message: forbidden === 401 ? "authorization required" : "access forbidden" },
      ]);
    }
    const text = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    if (!text) throw new Refusal(401, [{ field: null, message: "authorization required" }]);
    const key = account.keys.find(text);
    if (!key) {
      const message = "The provided authorization grant is invalid, expired, or revoked";
      throw new Refusal(401, [{ field: null, message }]);
    }
    if (scope && !key.scopes.includes(scope))
      throw new Refusal(403, [{ field: null, message: "access forbidden" }]);
    context.set("key", key);
    context.set("user", account.actingUser(context.req.header("on-behalf-of")));
    await next();
  };
}

/** The request's JSON body in this shape. @throws Refusal 400 that names every property at fault. */
export async function readBody<T>(context: Context, shape: z.ZodType<T>): Promise<T> {
  let body: unknown;
  try {
    body = JSON.parse(await context.req.text());
  } catch {
    throw new Refusal(400, [{ field: null, message: "request body is invalid" }]);
  }
  return check(context, body, shape);
}

/** The request's query in this shape. @throws Refusal 400 that names every parameter at fault. */
export function readQuery<T>(context: Context, shape: z.ZodType<T>): T {
  return check(context, context.req.query(), shape);
}

/** A query parameter that holds a number not below zero. */
export const queryNumber = z
  .string()
  .regex(/^\d{1,9}$/, "must be a number")
  .transform(Number);

function check<T>(context: Context, value: unknown, shape: z.ZodType<T>): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  context.set("misshapen", true);
  throw new Refusal(400, result.error.issues.flatMap(toFaults));
}

function toFaults(issue: z.core.$ZodIssue): ApiFault[] {
  // SendGrid passes over unknown properties; this substitute is stricter, so that no typing error goes unseen.
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((field) => ({ field, message: "unknown property" }));
  }
  return [{ field: issue.path.join(".") || null, message: issue.message }];
}
