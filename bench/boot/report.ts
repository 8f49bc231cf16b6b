import Table from "cli-table3";
import type { Spread } from "../statistics";
import { type BootBenchmark, GOAL } from "./boot";

/** The benchmark as a table with the ratio, the relay's steps and whether the goal is met. */
export function bootReport({ debian, runs, plain, relay, ratio, steps }: BootBenchmark): string {
  const table = new Table({
    head: [`Debian ${debian}, from power-on until`, "time"],
    style: { head: [], border: [] },
  });
  table.push(["the same packages are installed, and nothing else", seconds(plain)]);
  table.push(["the relay's first message is at the smart host", seconds(relay)]);
  table.push(["ratio", ratio.toFixed(2)]);
  return [
    table.toString(),
    "The relay's steps in the last run began after:",
    ...steps.map(([name, second]) => `  ${second.toFixed(1).padStart(5)} s  ${name}`),
    `Medians of ${runs} boots each, least and most in brackets. Goal: at most ${GOAL} times the packages alone; ` +
      `${ratio <= GOAL ? "met" : "missed"}.`,
    "In the packages alone is Debian's own first configuration of Postfix, which the relay's main.cf makes needless.",
    "The servers are containers: firmware, boot loader and kernel, which take the same time on both sides, are not in it.",
  ].join("\n");
}

function seconds({ median, min, max }: Spread): string {
  return `${median.toFixed(1)} s (${min.toFixed(1)}–${max.toFixed(1)})`;
}
