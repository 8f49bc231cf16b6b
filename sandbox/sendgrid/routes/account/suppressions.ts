import { Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { type ApiEnv, queryNumber, readQuery, requireScope } from "../../request";

/** An address that the account does not send to. */
interface Suppressed {
  /** Seconds since 1970. */
  created: number;
  email: string;
}

/** What each list has for an address. */
interface Lists {
  bounces: Suppressed & { reason: string; status: string };
  blocks: Suppressed & { reason: string; status: string };
  spam_reports: Suppressed & { ip: string };
  invalid_emails: Suppressed & { reason: string };
  unsubscribes: Suppressed;
}

const LISTS = ["bounces", "blocks", "spam_reports", "invalid_emails", "unsubscribes"] as const;

/** The addresses that an account does not send to, by the reason. */
class Suppressions {
  readonly #entries: { user: string; list: keyof Lists; entry: Suppressed }[] = [];

  add<List extends keyof Lists>(user: string, list: List, entry: Lists[List]): void {
    this.#entries.push({ user, list, entry });
  }

  /** Those of a user, in the order in which they were added. */
  of(user: string, list: keyof Lists): Suppressed[] {
    return this.#entries.filter((each) => each.user === user && each.list === list).map(({ entry }) => entry);
  }
}

const known = new WeakMap<SendGridAccount, Suppressions>();

/** The addresses that an account does not send to: where a test adds some. */
export function suppressionsOf(account: SendGridAccount): Suppressions {
  const suppressions = known.get(account) ?? new Suppressions();
  known.set(account, suppressions);
  return suppressions;
}

const MAX_LIMIT = 500;

const seconds = z
  .string()
  .regex(/^\d{1,12}$/, "must be a unix timestamp")
  .transform(Number);
const LIST = z.strictObject({
  start_time: seconds.default(0),
  end_time: seconds.default(Number.POSITIVE_INFINITY),
  limit: queryNumber.pipe(z.int().min(1).max(MAX_LIMIT)).default(MAX_LIMIT),
  offset: queryNumber.default(0),
  email: z.string().default(""),
});

/**
 * The lists of /v3/suppression. Only {@link suppressionsOf} adds to them: mail that bounces does not, nor does
 * /v3/asm/suppressions/global.
 */
export function suppressionRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  for (const list of LISTS)
    routes.get(`/v3/suppression/${list}`, requireScope(account, `suppression.${list}.read`), (context) => {
      const { start_time, end_time, limit, offset, email } = readQuery(context, LIST);
      const pattern = patternFor(email);
      const found = suppressionsOf(account)
        .of(context.var.user, list)
        .filter(({ created }) => created >= start_time && created <= end_time)
        .filter((entry) => pattern.test(entry.email));
      return context.json(found.slice(offset, offset + limit));
    });
  return routes;
}

/** Addresses that begin with the text, in which % stands for any text. */
function patternFor(email: string): RegExp {
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${email.split("%").map(literal).join(".*")}`, "i");
}
