import { type Spread, spreadOf } from "../statistics";
import { durableFilesPerSecond } from "./disk";
import { type Lab, SINK, WIRE } from "./lab";
import { accept, drain, passThrough } from "./measure";
import { roundTrips, sinkCeiling } from "./probe";
import {
  type BothSides,
  messagesOf,
  type Point,
  type RelayBenchmark,
  type RelayOptions,
  type Runs,
  type Throughput,
} from "./result";
import type { Load, Side } from "./server";

const SIDES = ["stock", "relay"] as const satisfies Side[];
/** Like an application's pool of connections. */
const CLIENTS = 20;
/** A message as an application sends it: a few paragraphs. */
const BASE_SIZE = 4096;
/** The round trip of what is judged, in milliseconds. */
const BASE_LATENCY_MS = 20;
/** The graph's points need less than what is judged. */
const SHARE_FOR_POINTS = 4;

/** Takes all measures, one after the other: the sides in turns, so that what disturbs the machine disturbs both. */
export async function benchmarkInLab(
  lab: Lab,
  options: RelayOptions,
  say: (line: string) => void,
): Promise<RelayBenchmark> {
  const { messages, runs, latencies, sizes } = options;
  const load: Load = { messages, size: BASE_SIZE, clients: CLIENTS };
  const small: Load = { ...load, messages: Math.max(20, Math.ceil(messages / SHARE_FOR_POINTS)) };
  if (Object.keys(options.parameters).length > 0) {
    await lab.servers.relay.configure(options.parameters);
  }
  const both = async <T>(measure: (side: Side) => Promise<T>): Promise<BothSides<T>> => ({
    stock: await measure("stock"),
    relay: await measure("relay"),
  });
  const drainOf = async (side: Side, of: Load, way: { roundTripMs: number } | "straight") => {
    const result = await drain(lab, lab.servers[side], of, way);
    const where = way === "straight" ? "straight to the sink" : `${way.roundTripMs} ms`;
    say(`draining ${of.messages} of ${of.size} bytes, ${where}, ${side}: ${perSecond(result)}`);
    return result;
  };

  // A first run of each side is not counted: it fills caches.
  await both((side) => drainOf(side, small, { roundTripMs: 0 }));
  const drained: BothSides<Throughput[]> = { stock: [], relay: [] };
  const passed: BothSides<(Throughput & { accepted: number })[]> = { stock: [], relay: [] };
  for (let run = 1; run <= runs; run++) {
    for (const side of SIDES) {
      drained[side].push(await drainOf(side, load, { roundTripMs: BASE_LATENCY_MS }));
    }
    for (const side of SIDES) {
      const result = await passThrough(lab, lab.servers[side], load, { roundTripMs: BASE_LATENCY_MS });
      passed[side].push(result);
      say(
        `end to end, ${side}: ${perSecond(result)}, accepted at ${result.accepted.toFixed(0)} messages a second`,
      );
    }
  }
  const accepting = await measureAccepting(lab, load, runs, say);
  const points: Point[] = [];
  for (const latencyMs of latencies) {
    for (const size of sizes) {
      const of = { ...small, size, messages: messagesOf(size, small.messages) };
      const rates = await both((side) => drainOf(side, of, { roundTripMs: latencyMs }));
      const rate = { stock: rates.stock.messagesPerSecond, relay: rates.relay.messagesPerSecond };
      points.push({ latencyMs, size, messages: of.messages, rate });
    }
  }
  const surroundings = await measureSurroundings(lab, load, small, latencies, drainOf, say);
  const draining = { stock: runsOf(drained.stock), relay: runsOf(drained.relay) };
  const end = { stock: endsOf(passed.stock), relay: endsOf(passed.relay) };
  return {
    options,
    base: { latencyMs: BASE_LATENCY_MS, size: BASE_SIZE, clients: CLIENTS },
    surroundings,
    draining: { ...draining, ratio: ratioOf(draining) },
    endToEnd: { ...end, ratio: ratioOf(end) },
    accepting,
    points,
  };
}

async function measureAccepting(lab: Lab, load: Load, runs: number, say: (line: string) => void) {
  const disk: number[] = [];
  const rates: BothSides<number[]> = { stock: [], relay: [] };
  const ofDisk: BothSides<number[]> = { stock: [], relay: [] };
  for (let run = 1; run <= runs; run++) {
    const files = { writers: load.clients, files: load.messages, size: load.size };
    const diskRate = await durableFilesPerSecond(lab.servers.stock.machine, files);
    disk.push(diskRate);
    say(`disk: ${diskRate.toFixed(0)} files a second made durable`);
    for (const side of SIDES) {
      const rate = await accept(lab.servers[side], load);
      rates[side].push(rate);
      ofDisk[side].push(rate / diskRate);
      say(`accepting, ${side}: ${rate.toFixed(0)} messages a second`);
    }
  }
  const of = (side: Side) => ({ rate: spreadOf(rates[side]), ofDisk: spreadOf(ofDisk[side]).median });
  return { disk: spreadOf(disk), stock: of("stock"), relay: of("relay") };
}

async function measureSurroundings(
  lab: Lab,
  load: Load,
  small: Load,
  latencies: readonly number[],
  drainOf: (side: Side, of: Load, way: { roundTripMs: number } | "straight") => Promise<Throughput>,
  say: (line: string) => void,
): Promise<RelayBenchmark["surroundings"]> {
  const cost = async (side: Side) => ({
    direct: (await drainOf(side, small, "straight")).messagesPerSecond,
    throughWire: (await drainOf(side, small, { roundTripMs: 0 })).messagesPerSecond,
  });
  const wireCost = { stock: await cost("stock"), relay: await cost("relay") };
  const wire: RelayBenchmark["surroundings"]["wire"] = [];
  for (const askedMs of new Set([...latencies, BASE_LATENCY_MS])) {
    await lab.wire.ask({ order: "close" });
    await lab.wire.ask({ order: "open", roundTripMs: askedMs });
    wire.push({ askedMs, measuredMs: spreadOf(await roundTrips(WIRE, 20)).median });
  }
  const ceiling = await sinkCeiling(SINK, lab.login, { connections: load.clients, ...load });
  say(`the sink takes ${ceiling.toFixed(0)} messages a second from a client without Postfix`);
  return { sinkCeiling: ceiling, wire, wireCost };
}

/** The values of the run in the middle, and where the rates of all lie. */
function runsOf<T extends Throughput>(results: readonly T[]): T & { rate: Spread } {
  const sorted = results.toSorted((a, b) => a.messagesPerSecond - b.messagesPerSecond);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const rate = spreadOf(results.map(({ messagesPerSecond }) => messagesPerSecond));
  if (middle === undefined) {
    throw new RangeError("no run was measured");
  }
  return { ...middle, rate };
}

function endsOf(results: readonly (Throughput & { accepted: number })[]): Runs & { accepting: Spread } {
  return { ...runsOf(results), accepting: spreadOf(results.map(({ accepted }) => accepted)) };
}

function ratioOf({ stock, relay }: BothSides<Runs>): number {
  return relay.rate.median / stock.rate.median;
}

function perSecond({ messagesPerSecond }: Throughput): string {
  return `${messagesPerSecond.toFixed(0)} messages a second`;
}
