import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type OpenAccount, openAccount } from "../sendgrid";
import { invoker } from "./invoke";

let open: OpenAccount;
beforeEach(async () => {
  open = await openAccount({ subusers: ["team"] });
});
afterEach(() => open.close());
const invoke = invoker(() => open);

const Result = z.object({
  sums: z.record(z.string(), z.number()),
  series: z.array(z.looseObject({ date: z.string() })),
});
const getStats = async (inputs: Record<string, unknown>) => Result.parse(await invoke("getStats", inputs));
const datesOf = async (inputs: Record<string, unknown>) =>
  (await getStats(inputs)).series.map(({ date }) => date);
const asked = () => open.api.exchanges().map(({ path, query }) => ({ path, query }));

const JANUARY = { startDate: "2026-01-01", endDate: "2026-01-31" };

it.each([
  ["day", ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02"]],
  ["week", ["2026-01-26", "2026-02-02"]],
  ["month", ["2026-01-01", "2026-02-01"]],
])("has an entry for every %s of the range", async (aggregatedBy, dates) => {
  expect(await datesOf({ startDate: "2026-01-30", endDate: "2026-02-02", aggregatedBy })).toEqual(dates);
});

it("goes on until today where no last day is given", async () => {
  const today = () => new Date().toISOString().slice(0, 10);
  const before = today();
  const last = (await datesOf({ startDate: "2026-01-01" })).at(-1);
  expect([before, today()]).toContain(last);
});

it("adds up what each day has, the days in their order", async () => {
  const day = (date: string, metrics: Record<string, number>) => ({ date, stats: [{ metrics }] });
  const body = [
    day("2026-01-02", { delivered: 3, bounce_drops: 1 }),
    day("2026-01-01", { delivered: 4, unique_opens: 2 }),
    { date: "2026-01-03", stats: [] },
  ];
  open.api.faults.next({ path: "/v3/stats", status: 200, body });
  const { sums, series } = await getStats(JANUARY);
  expect(sums).toMatchObject({ delivered: 7, bounceDrops: 1, uniqueOpens: 2, clicks: 0 });
  expect(Object.keys(sums)).toHaveLength(16);
  expect(series).toEqual([
    expect.objectContaining({ date: "2026-01-01", delivered: 4, uniqueOpens: 2, bounceDrops: 0 }),
    expect.objectContaining({ date: "2026-01-02", delivered: 3, uniqueOpens: 0, bounceDrops: 1 }),
  ]);
});

it.each([
  ["the account", {}, "/v3/stats", { limit: "100", offset: "0" }],
  ["a category", { category: "news & more" }, "/v3/categories/stats", { categories: "news & more" }],
  ["a subuser", { subuser: "team" }, "/v3/subusers/stats", { limit: "100", offset: "0", subusers: "team" }],
])("asks for the mail of %s", async (_, of, path, query) => {
  expect(await datesOf({ ...JANUARY, ...of })).toHaveLength(31);
  const range = { start_date: "2026-01-01", end_date: "2026-01-31", aggregated_by: "day" };
  expect(asked()).toEqual([{ path, query: { ...range, ...query } }]);
});

it("reads page after page", async () => {
  const dates = await datesOf({ startDate: "2025-01-01", endDate: "2025-12-31" });
  expect(new Set(dates).size).toBe(365);
  expect(asked().map(({ query }) => query.offset)).toEqual(["0", "100", "200", "300"]);
});

it("ends where every page has all the days", async () => {
  const stats = [{ metrics: { delivered: 1 } }];
  const body = Array.from({ length: 120 }, (_, index) => {
    const date = new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
    return { date, stats };
  });
  open.api.faults.next({ path: "/v3/stats", status: 200, body, times: 2 });
  const { sums } = await getStats({ startDate: "2026-01-01", endDate: "2026-04-30" });
  expect(sums.delivered).toBe(120);
});

describe("the check", () => {
  it.each([
    [{ startDate: "2026-02-30" }, "startDate", "must be a day, e.g. 2026-01-31"],
    [{ startDate: "01.02.2026" }, "startDate", "must be a day, e.g. 2026-01-31"],
    [{ ...JANUARY, endDate: "2026-1-31" }, "endDate", "must be a day, e.g. 2026-01-31"],
  ])("refuses %o", async (inputs, property, reason) => {
    const failure = { property, reason: expect.stringContaining(reason) };
    expect(await invoke("getStats", inputs)).toEqual({ failures: [failure] });
  });

  it("names every fault at once", async () => {
    const inputs = { aggregatedBy: "year", category: "", subuser: "" };
    const { failures } = z
      .object({ failures: z.array(z.object({ property: z.string() })) })
      .parse(await invoke("getStats", inputs));
    const properties = failures.map(({ property }) => property).sort();
    expect(properties).toEqual(["aggregatedBy", "category", "startDate", "subuser"]);
  });

  it.each([
    [
      { ...JANUARY, category: "newsletter", subuser: "team" },
      "Give either category or subuser, or neither: SendGrid does not count both at once.",
    ],
    [
      { startDate: "2026-02-01", endDate: "2026-01-31" },
      "endDate, 2026-01-31, is before startDate, 2026-02-01.",
    ],
  ])("refuses %o before anything is asked", async (inputs, message) => {
    await expect(invoke("getStats", inputs)).rejects.toThrow(message);
    expect(open.requests()).toEqual([]);
  });
});
