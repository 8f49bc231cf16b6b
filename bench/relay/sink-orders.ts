import { z } from "zod";

/** What the sink is told, by the channel of its process. */
export const sinkOrder = z.discriminatedUnion("order", [
  z.object({
    order: z.literal("listen"),
    address: z.string(),
    port: z.int(),
    key: z.string(),
    cert: z.string(),
    user: z.string(),
    password: z.string(),
  }),
  /** Begins to count from nothing; open connections are kept. */
  z.object({ order: z.literal("reset") }),
  z.object({ order: z.literal("count") }),
]);
export type SinkOrder = z.output<typeof sinkOrder>;

/** What it answers to each. */
export const sinkCounts = z.object({
  messages: z.int(),
  bytes: z.int(),
  /** Connections that were opened. */
  connections: z.int(),
  /** Of the TLS handshakes, those that took a session up again. */
  resumed: z.int(),
  /** The most connections that were open at once. */
  most: z.int(),
  /** When the last message had come, in milliseconds since 1970; 0 before the first. */
  last: z.number(),
});
export type SinkCounts = z.output<typeof sinkCounts>;
