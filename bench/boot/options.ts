import { z } from "zod";

/** What is measured. */
export const bootOptions = z.object({
  debian: z.union([z.literal(12), z.literal(13)]),
  /** How many boots of each kind count. */
  runs: z.int().positive(),
});
export type BootBenchmarkOptions = z.infer<typeof bootOptions>;

/** Seconds from power-on, of each boot in the order of the runs. */
export const boots = z.object({
  /** Until apt has configured the last package, with the packages alone. */
  plain: z.array(z.number()),
  /** Until the smart host has taken the relay's first message. */
  relay: z.array(z.number()),
  /** The relay's steps as its units told them, and when each began; of the last run. */
  steps: z.array(z.tuple([z.string(), z.number()])),
});
export type Boots = z.infer<typeof boots>;
