import type * as z from "zod";
import type { Asking } from "../api/collection";
import { byOffset, type Query } from "../api/paging";
import { secondsOf, time } from "./time";

/** The suppression lists, as error messages call them. */
export const LISTS = {
  bounces: "bounces",
  blocks: "blocks",
  spam_reports: "spam reports",
  invalid_emails: "invalid addresses",
  unsubscribes: "global unsubscribes",
};

/** SendGrid's longest page. */
const PAGE = 500;

/** The inputs that name a range of time. */
export const range = {
  startTime: time.optional().meta({
    description: "Only what was added at this time or later, e.g. `2026-01-01T00:00:00Z`.",
  }),
  endTime: time.optional().meta({
    description: "Only what was added at this time or earlier; not before `startTime`.",
  }),
};

/** The entries of one of the lists. */
export async function listSuppressed<Item>(
  { session, signal }: Asking,
  list: keyof typeof LISTS,
  item: z.ZodType<Item>,
  { startTime, endTime }: { startTime?: string; endTime?: string },
  filter: Query = {},
): Promise<Item[]> {
  if (startTime !== undefined && endTime !== undefined && Date.parse(endTime) < Date.parse(startTime))
    throw new Error(`endTime, ${endTime}, is before startTime, ${startTime}.`);
  const query = {
    ...filter,
    ...(startTime === undefined ? {} : { start_time: secondsOf(startTime) }),
    ...(endTime === undefined ? {} : { end_time: secondsOf(endTime) }),
  };
  const purpose = { task: `list the ${LISTS[list]}`, scope: `suppression.${list}.read` };
  const request = { path: `/v3/suppression/${list}`, query, purpose, signal };
  return await session.list(request, item, byOffset(PAGE));
}
