import { z } from "zod";

const endpoint = z.object({ address: z.string(), port: z.int() });

/** What the process with the delay proxy is told; it answers each with `true` when it is done. */
export const wireOrder = z.discriminatedUnion("order", [
  z.object({ order: z.literal("make"), listen: endpoint, server: endpoint }),
  z.object({ order: z.literal("open"), roundTripMs: z.number() }),
  z.object({ order: z.literal("close") }),
]);
export type WireOrder = z.output<typeof wireOrder>;

/** The answer to each order. */
export const wireDone = z.literal(true);
