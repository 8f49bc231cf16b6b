import { z } from "zod";
import type { Fault } from "./faults";
import type { Balance } from "./ledger";
import type { Trial } from "./trial";

/** A fault's outcome, one row of the table. Numbers count items: a message once for each recipient. */
export const ROW = z.object({
  debian: z.union([z.literal(12), z.literal(13)]),
  fault: z.string(),
  title: z.string(),
  /** Accepted by the relay. */
  accepted: z.number(),
  /** The most that waited while the fault was there. */
  kept: z.number(),
  delivered: z.number(),
  /** Still in the queue at the end. */
  queued: z.number(),
  /** Given up with a notice to the operator. */
  returned: z.number(),
  lost: z.number(),
  /** More often than SMTP allows. */
  duplicated: z.number(),
  /** Further copies after a connection that broke between the final dot and the answer. */
  allowed: z.number(),
  seconds: z.number(),
  /** Why the row fails; none when it passes. */
  faults: z.array(z.string()),
});
export type Row = z.infer<typeof ROW>;

/** Makes the row, with everything that is wrong with it. */
export function rowOf(
  { name, title }: Fault,
  debian: 12 | 13,
  found: {
    trial: Trial | undefined;
    balance: Balance | undefined;
    error: string | undefined;
    seconds: number;
  },
): Row {
  const { trial, balance, error, seconds } = found;
  const faults = [
    ...(error === undefined ? [] : [error]),
    ...(balance === undefined || trial === undefined ? [] : wrongWith(balance, trial)),
    ...(trial?.checks ?? []).flatMap(({ what, holds }) => (holds ? [] : [`not so: ${what}`])),
  ];
  return {
    debian,
    fault: name,
    title,
    accepted: balance?.accepted ?? 0,
    kept: trial?.kept ?? 0,
    delivered: balance?.delivered ?? 0,
    queued: balance?.queued ?? 0,
    returned: balance?.returned ?? 0,
    lost: balance?.lost.length ?? 0,
    duplicated: balance?.duplicated.length ?? 0,
    allowed: balance?.allowed ?? 0,
    seconds: Math.round(seconds),
    faults,
  };
}

function wrongWith(balance: Balance, trial: Trial): string[] {
  const { accepted, queued, lost, duplicated, repeating, stray } = balance;
  return [
    ...(accepted === 0 ? ["no message was accepted, so nothing was shown"] : []),
    ...some("lost", lost),
    ...some("duplicated", duplicated),
    ...some("delivered, and still in the queue at the end", repeating),
    ...some("delivered with another sender or body", trial.damaged()),
    ...some("delivered although not accepted", stray),
    ...some("given up with a notice, without a reason", trial.unexpectedNotices()),
    ...some("given up without a notice, or delivered", trial.missingNotices()),
    ...(queued > 0 ? [`${queued} still in the queue at the end`] : []),
  ];
}

function some(what: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${items.length} ${what}, such as ${items[0]}`];
}

/** One line for a row, for progress. */
export function summary({ debian, fault, accepted, delivered, seconds, faults }: Row): string {
  const verdict = faults.length === 0 ? "passed" : `FAILED: ${faults.join("; ")}`;
  return `Debian ${debian}, ${fault}: ${accepted} in, ${delivered} delivered, ${seconds} s, ${verdict}`;
}
