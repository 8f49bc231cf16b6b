import * as z from "zod";
import { defineFunction } from "../../kit";
import type { SendGridApi } from "../api/api";
import { byOffset, type Paging, type Query, unpaged } from "../api/paging";
import { ApiMetrics, DatedMailStatistics, MailStatistics, sumOf } from "./mail-statistics";

const day = z.iso.date("must be a day, e.g. 2026-01-31");
const DAY_MS = 24 * 60 * 60 * 1000;

const Aggregation = z
  .enum(["day", "week", "month"])
  .meta({ typeName: "Aggregation", description: "Length of time that statistics are added up for." });

const Listed = z.object({
  date: z.string(),
  stats: z.array(z.object({ metrics: ApiMetrics.nullish() })).nullish(),
});

export const getStats = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getStats",
  description: `
Counts what became of the mail in a range of days: of the account or the subuser that the provider acts for, of one
category, or of one subuser. SendGrid keeps statistics of categories for thirteen months.

SendGrid takes some time to count, so that the latest days are not final.

API: https://www.twilio.com/docs/sendgrid/api-reference/stats/retrieve-global-email-statistics
`.trim(),
  inputs: z.object({
    startDate: day.meta({ description: "First day of the range, e.g. `2026-01-01`." }),
    endDate: day
      .optional()
      .meta({ description: "Last day of the range, not before `startDate`. Today when not set." }),
    aggregatedBy: Aggregation.default("day").meta({ description: "What each entry of `series` stands for." }),
    category: z.string().min(1).max(255).optional().meta({
      description: "Only mail of this category, up to 255 characters. Not together with `subuser`.",
    }),
    subuser: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Only mail of the subuser with this user name. Not together with `category`." }),
  }),
  outputs: z.object({
    sums: MailStatistics.meta({
      description:
        "The counts of the whole range. Recipients who opened or clicked in several entries of `series` are counted in each of them.",
    }),
    series: z
      .array(DatedMailStatistics)
      .meta({ description: "The counts of each day, week or month, the earliest first." }),
  }),
  examples: [
    { startDate: "2026-01-01", endDate: "2026-01-31" },
    { startDate: "2026-01-01", endDate: "2026-03-31", aggregatedBy: "month", category: "newsletter" },
    { startDate: "2026-01-05", aggregatedBy: "week", subuser: "team" },
  ],
  call: async ({ inputs, session, signal }) => {
    const { startDate, endDate, aggregatedBy } = inputs;
    if (inputs.category !== undefined && inputs.subuser !== undefined)
      throw new Error("Give either category or subuser, or neither: SendGrid does not count both at once.");
    if (endDate !== undefined && endDate < startDate)
      throw new Error(`endDate, ${endDate}, is before startDate, ${startDate}.`);
    const until = endDate === undefined ? Date.now() : Date.parse(endDate);
    const days = Math.ceil((until - Date.parse(startDate)) / DAY_MS) + 1;
    const { path, which, task, scope, paging } = sourceFor(inputs, days);
    const range = { start_date: startDate, ...(endDate === undefined ? {} : { end_date: endDate }) };
    const query = { ...range, aggregated_by: aggregatedBy, ...which };
    const request = { path, query, purpose: { task, scope }, signal };
    // An entry without statistics says that there are none further down the list.
    const entries = (await session.list(request, Listed, paging)).flatMap(({ date, stats }) =>
      stats?.length ? [{ date, metrics: stats.map(({ metrics }) => metrics ?? {}) }] : [],
    );
    const series = entries
      .map(({ date, metrics }) => ({ date, ...sumOf(metrics) }))
      .toSorted((a, b) => (a.date < b.date ? -1 : 1));
    return { sums: sumOf(series), series };
  },
});

/** Where the API has some statistics. */
interface Source {
  path: string;
  which: Query;
  task: string;
  scope: string;
  paging: Paging;
}

function sourceFor({ category, subuser }: { category?: string; subuser?: string }, days: number): Source {
  if (category !== undefined)
    return {
      path: "/v3/categories/stats",
      which: { categories: category },
      task: `read the statistics of the category "${category}"`,
      scope: "categories.stats.read",
      paging: unpaged(),
    };
  if (subuser !== undefined)
    return {
      path: "/v3/subusers/stats",
      which: { subusers: subuser },
      task: `read the statistics of the subuser "${subuser}"`,
      scope: "subusers.stats.read",
      paging: atMost(days),
    };
  const task = "read the account's statistics";
  return { path: "/v3/stats", which: {}, task, scope: "stats.global.read", paging: atMost(days) };
}

/**
 * Page by page, but not further than there are days. What a page's limit counts is not documented: should it be
 * something else than days, then every page has all of them, and none would be the last.
 */
function atMost(days: number): Paging {
  const paging = byOffset();
  return { ...paging, next: (page, seen) => (seen < days ? paging.next(page, seen) : undefined) };
}
