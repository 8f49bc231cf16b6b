import type { Point } from "./result";

/** Characters of the longest bar. */
const WIDTH = 50;

/**
 * Throughput against latency as plain text: for each size of message a group of bars, two for each round trip, one scale
 * within a group (large messages would be invisible beside small ones).
 */
export function latencyGraph(points: readonly Point[]): string {
  const sizes = [...new Set(points.map(({ size }) => size))].toSorted((a, b) => a - b);
  return sizes
    .flatMap((size) => {
      const group = points
        .filter((point) => point.size === size)
        .toSorted((a, b) => a.latencyMs - b.latencyMs);
      const most = Math.max(...group.flatMap(({ rate }) => [rate.relay, rate.stock]));
      const bar = (rate: number) => "█".repeat(Math.max(1, Math.round((rate / most) * WIDTH)));
      return [
        `${sizeText(size)} (${group[0]?.messages} messages):`,
        ...group.flatMap(({ latencyMs, rate }) => [
          `  ${`${latencyMs} ms`.padStart(6)}  relay ${bar(rate.relay)} ${rateText(rate.relay)}, ${(rate.relay / rate.stock).toFixed(1)} times`,
          `          stock ${bar(rate.stock)} ${rateText(rate.stock)}`,
        ]),
      ];
    })
    .join("\n");
}

function sizeText(bytes: number): string {
  return bytes >= 2 ** 20 ? `${round(bytes / 2 ** 20)} MiB` : `${round(bytes / 1024)} KiB`;
}

function rateText(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : rate.toFixed(0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
