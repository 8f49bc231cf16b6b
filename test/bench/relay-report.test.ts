import { describe, expect, test } from "vitest";
import { latencyGraph } from "../../bench/relay/graph";
import { relayReport } from "../../bench/relay/report";
import { messagesOf, type Point, type RelayBenchmark } from "../../bench/relay/result";

const use = {
  seconds: 2,
  processors: 2,
  byProgram: { smtp: 1, "(sink)": 0.4, scache: 0.01 },
  idle: 0.3,
  waitingForDisk: 0.1,
};
const runs = (median: number) => ({
  rate: { median, min: median - 5, max: median + 5 },
  messagesPerSecond: median,
  connections: 100,
  mostConnections: 20,
  use,
});
const spread = { median: 400, min: 400, max: 400 };
const point = (latencyMs: number, size: number, relay: number): Point => ({
  latencyMs,
  size,
  messages: 100,
  rate: { relay, stock: relay / 4 },
});

function benchmark(ratio: number): RelayBenchmark {
  const both = { stock: runs(100), relay: runs(100 * ratio), ratio };
  return {
    options: { messages: 1000, runs: 3, latencies: [0, 20], sizes: [2048], parameters: {} },
    base: { latencyMs: 20, size: 4096, clients: 20 },
    surroundings: {
      sinkCeiling: 3000,
      wire: [{ askedMs: 20, measuredMs: 20.4 }],
      wireCost: { stock: { direct: 300, throughWire: 280 }, relay: { direct: 700, throughWire: 650 } },
    },
    draining: both,
    endToEnd: {
      stock: { ...runs(100), accepting: spread },
      relay: { ...runs(150), accepting: spread },
      ratio: 1.5,
    },
    accepting: {
      disk: { median: 4000, min: 3900, max: 4100 },
      stock: { rate: spread, ofDisk: 0.1 },
      relay: { rate: spread, ofDisk: 0.125 },
    },
    points: [point(0, 2048, 600), point(20, 2048, 300)],
  };
}

describe("the relay's report", () => {
  test("says whether the goal is met, of draining alone", () => {
    expect(relayReport(benchmark(3))).toMatch(/3\.00 times as fast .* at least 3 times; met\./);
    expect(relayReport(benchmark(2.99))).toMatch(/2\.99 times as fast .* at least 3 times; missed\./);
  });

  test("shares out all of the processors' time", () => {
    const report = relayReport(benchmark(3));
    const share = (title: string) => Number(new RegExp(`${title}[^│]*│ +([\\d.]+) %`).exec(report)?.[1]);
    const shares = ["smtp", "\\(sink\\)", "other programs", "kernel", "waiting for the disk", "idle"].map(
      share,
    );
    expect(shares).toEqual([25, 10, 0.3, 25, 10, 30]);
  });

  test("counts the server's own programs as processor time of a message, and not the benchmark's", () => {
    expect(relayReport(benchmark(3))).toContain("used 1.0 ms of processor time a message");
  });

  test("says how near taking mail comes to the disk's rate", () => {
    expect(relayReport(benchmark(3))).toMatch(/messages taken, this relay +│ 400 +│ 13 %/);
  });
});

test("bars are as long as the rates, within a size of message", () => {
  const graph = latencyGraph([point(80, 2048, 100), point(0, 2048, 400), point(0, 1_048_576, 8)]);
  const lengths = [...graph.matchAll(/█+/g)].map(([bar]) => bar.length);
  expect(lengths).toEqual([50, 13, 13, 3, 50, 13]);
  expect(graph).toMatch(/^2 KiB .*\n +0 ms .*\n.*\n +80 ms .*\n.*\n1 MiB .*\n +0 ms .* 8\.0, 4\.0 times/);
});

test("large messages are fewer, and never less than 20", () => {
  expect(messagesOf(2048, 400)).toBe(400);
  expect(messagesOf(1_048_576, 400)).toBe(100);
  expect(messagesOf(31_457_280, 400)).toBe(20);
});
