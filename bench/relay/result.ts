import { z } from "zod";
import type { Spread } from "../statistics";
import { processorUse } from "./processor-use";
import type { Side } from "./server";

/** The project's goal: a full queue drains at least this many times as fast as the stock server's. */
export const GOAL = 3;

export const relayOptions = z.object({
  /** Messages of a measurement; fewer where they are large (see {@link messagesOf}). */
  messages: z.int(),
  /** Measurements of each side, in turns. */
  runs: z.int(),
  /** Round trips to the smart host in milliseconds, for the graph. */
  latencies: z.array(z.number()),
  /** Sizes of a message in bytes, for the graph. */
  sizes: z.array(z.int()),
  /** Parameters of main.cf that the project's relay gets beside its own, to try them. */
  parameters: z.record(z.string(), z.string()),
});
export type RelayOptions = z.output<typeof relayOptions>;

export type BothSides<T> = Record<Side, T>;

function bothSides<T extends z.ZodType>(type: T) {
  return z.object({ stock: type, relay: type });
}

const spread: z.ZodType<Spread> = z.object({ median: z.number(), min: z.number(), max: z.number() });

const throughput = z.object({
  /** From release, or from the first connection, to the last message's arrival. */
  messagesPerSecond: z.number(),
  /** Connections to the smart host that were opened. */
  connections: z.int(),
  /** The most of them at once. */
  mostConnections: z.int(),
  use: processorUse,
});
export type Throughput = z.output<typeof throughput>;

/** The runs of one side: the spread of the rates, and the other values of the run with the median rate. */
const runs = throughput.extend({ rate: spread });
export type Runs = z.output<typeof runs>;

const accepting = z.object({
  rate: spread,
  /** That rate, divided by the rate of files that the same disk made durable just before: the median of the runs. */
  ofDisk: z.number(),
});

/** One point of the graph. */
const point = z.object({
  latencyMs: z.number(),
  size: z.int(),
  messages: z.int(),
  rate: bothSides(z.number()),
});
export type Point = z.output<typeof point>;

/** All that is measured; rates are messages a second. */
export const relayBenchmark = z.object({
  options: relayOptions,
  /** The round trip and size of what is judged. */
  base: z.object({ latencyMs: z.number(), size: z.int(), clients: z.int() }),
  /** What stands around the servers, and what it allows. */
  surroundings: z.object({
    /** What the sink takes from a client without Postfix. */
    sinkCeiling: z.number(),
    /** Round trips, asked for and measured through the wire (medians, milliseconds); 0 is the wire without delay. */
    wire: z.array(z.object({ askedMs: z.number(), measuredMs: z.number() })),
    /** Draining without latency, straight to the sink and through the wire: what the wire itself costs. */
    wireCost: bothSides(z.object({ direct: z.number(), throughWire: z.number() })),
  }),
  draining: bothSides(runs).extend({ ratio: z.number() }),
  endToEnd: bothSides(runs.extend({ accepting: spread })).extend({ ratio: z.number() }),
  /** Without delivery: what a server takes and holds; `disk` is files made durable a second. */
  accepting: bothSides(accepting).extend({ disk: spread }),
  points: z.array(point),
});
export type RelayBenchmark = z.output<typeof relayBenchmark>;

/** The most bytes that a measurement moves. */
const MOST_BYTES = 100 * 2 ** 20;

/** How many messages of a size are measured: as many as wanted, up to 100 MiB of them, and at least 20. */
export function messagesOf(size: number, wanted: number): number {
  return Math.min(wanted, Math.max(20, Math.floor(MOST_BYTES / size)));
}

/** Whether the relay drains a full queue as fast as it has to. */
export function meetsGoal({ draining }: RelayBenchmark): boolean {
  return draining.ratio >= GOAL;
}
