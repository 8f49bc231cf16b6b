import { z } from "zod";

/** Who used the processors between start and stop. */
export const processorUse = z.object({
  /** Seconds on the clock. */
  seconds: z.number(),
  /** Processors of the machine. */
  processors: z.int(),
  /** Processor seconds by program: a server's by name, such as `tlsproxy`; the benchmark's own by their part. */
  byProgram: z.record(z.string(), z.number()),
  /** Share of all processors' time, 0 to 1, in which nothing was to be done. */
  idle: z.number(),
  /** Share in which a process waited for the disk and no other had anything to do. */
  waitingForDisk: z.number(),
});
export type ProcessorUse = z.output<typeof processorUse>;
