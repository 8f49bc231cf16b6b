import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Refusal } from "../../refusal";
import { type ApiEnv, queryNumber, readQuery, requireScope } from "../../request";

const METRICS = [
  "blocks",
  "bounce_drops",
  "bounces",
  "clicks",
  "deferred",
  "delivered",
  "invalid_emails",
  "opens",
  "processed",
  "requests",
  "spam_report_drops",
  "spam_reports",
  "unique_clicks",
  "unique_opens",
  "unsubscribe_drops",
  "unsubscribes",
];

const RANGE = {
  start_date: z.iso.date("must follow format YYYY-MM-DD"),
  end_date: z.iso.date("must follow format YYYY-MM-DD").optional(),
  aggregated_by: z.enum(["day", "week", "month"]).default("day"),
};
const PAGE = { limit: queryNumber.optional(), offset: queryNumber.default(0) };
const GLOBAL = z.strictObject({ ...RANGE, ...PAGE });
// Each names one here; SendGrid takes the parameter up to 10 times.
const CATEGORY = z.strictObject({ ...RANGE, categories: z.string().min(1) });
const SUBUSER = z.strictObject({ ...RANGE, ...PAGE, subusers: z.string().min(1) });

interface Range {
  start_date: string;
  end_date?: string;
  aggregated_by: "day" | "week" | "month";
}

/**
 * /v3/stats and its like for categories and subusers. No mail is counted, whatever was sent: there are zeros for every
 * day of the range, or for each of its weeks, which are taken to begin on Monday, or months. Names of categories and
 * subusers are not looked up.
 */
export function statsRoutes(account: SendGridAccount): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get("/v3/stats", requireScope(account, "stats.global.read"), (context) => {
      const { limit, offset, ...range } = readQuery(context, GLOBAL);
      return answer(context, page(datesIn(range), offset, limit), {});
    })
    .get("/v3/categories/stats", requireScope(account, "categories.stats.read"), (context) => {
      const { categories: name, ...range } = readQuery(context, CATEGORY);
      return answer(context, datesIn(range), { type: "category", name });
    })
    .get("/v3/subusers/stats", requireScope(account, "subusers.stats.read"), (context) => {
      const { limit, offset, subusers: name, ...range } = readQuery(context, SUBUSER);
      return answer(context, page(datesIn(range), offset, limit), { type: "subuser", name });
    });
}

function answer(context: Context<ApiEnv>, dates: string[], about: object) {
  const metrics = Object.fromEntries(METRICS.map((name) => [name, 0]));
  return context.json(dates.map((date) => ({ date, stats: [{ ...about, metrics }] })));
}

const page = (dates: string[], offset: number, limit = dates.length) => dates.slice(offset, offset + limit);

/** The days of a range, or the first days of its weeks or months. */
function datesIn({ start_date, end_date = textOf(new Date()), aggregated_by }: Range): string[] {
  if (end_date < start_date)
    throw new Refusal(400, [{ field: "end_date", message: "end_date should be after start_date" }]);
  const day = new Date(start_date);
  if (aggregated_by === "week") day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  if (aggregated_by === "month") day.setUTCDate(1);
  const dates: string[] = [];
  while (textOf(day) <= end_date) {
    dates.push(textOf(day));
    if (aggregated_by === "month") day.setUTCMonth(day.getUTCMonth() + 1);
    else day.setUTCDate(day.getUTCDate() + (aggregated_by === "week" ? 7 : 1));
  }
  return dates;
}

const textOf = (day: Date) => day.toISOString().slice(0, 10);
