import * as z from "zod";

/** A point in time as programs write it. */
export const time = z.iso
  .datetime({ offset: true, error: "must be a time, e.g. 2026-01-31T12:00:00Z" })
  // What is no time at all has its fault already.
  .refine((text) => !(Date.parse(text) < 0), "must be a time after 1969");

/** Seconds since 1970, as the API counts, for a point in time. */
export const secondsOf = (text: string): number => Math.floor(Date.parse(text) / 1000);

/** A point in time as the API has it, read as programs write it. */
export const unixTime = z
  .number()
  .transform((seconds) => `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, -5)}Z`);
