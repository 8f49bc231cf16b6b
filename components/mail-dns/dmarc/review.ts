import type { Fault } from "../../faults";
import type { Finding } from "../finding";

/**
 * What the date of a planned review says on a given day: information up to and on that date, a warning after
 * it.
 * @param reviewBy YYYY-MM-DD (ISO 8601), a day in UTC; a fault when it is no day of the calendar
 */
export function reviewFindings(
  reviewBy: string | undefined,
  path: string,
  today: Date,
): { faults: Fault[]; findings: Finding[] } {
  if (reviewBy === undefined) {
    return { faults: [], findings: [] };
  }
  if (!isDay(reviewBy)) {
    const reason = "is not a day of the calendar in the form YYYY-MM-DD";
    return { faults: [{ path, value: reviewBy, reason, next: "Write it like 2031-04-30." }], findings: [] };
  }
  const isPast = reviewBy < day(today);
  const message = isPast
    ? `the DMARC policy was to be reviewed by ${reviewBy}`
    : `the DMARC policy is to be reviewed by ${reviewBy}`;
  const next = "Read the reports, decide on the policy's next step, and set another date.";
  return { faults: [], findings: [{ severity: isPast ? "warning" : "info", path, message, next }] };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** `Date` turns 30 February into 1 March, and then the text differs. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && day(date) === text;
}
