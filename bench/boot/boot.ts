import { runInNetwork } from "../../test/boot/network-run";
import { type Spread, spreadOf } from "../statistics";
import type { Step } from "./moments";
import { type BootBenchmarkOptions, boots } from "./options";

/** The project's goal: boot to first relayed message, at most this many times boot and packages alone. */
export const GOAL = 1.25;

/** What was measured; all times in seconds from power-on. */
export interface BootBenchmark extends BootBenchmarkOptions {
  /** Boot of the image with the relay's packages and nothing else, until the last package is configured. */
  plain: Spread;
  /** Boot of the relay, until the smart host has taken its first message. */
  relay: Spread;
  /** The medians, relay to plain. */
  ratio: number;
  /** The relay's steps in the last run. */
  steps: Step[];
}

/**
 * Measures the boot of the relay beside that of the same image with the same packages: really booted Debian servers
 * with real packages from the mirror. The servers are containers, so firmware, boot loader and kernel take no time
 * in either, which makes the ratio larger than on hardware. The queue volume is attached as soon as a server runs.
 *
 * @throws Error with what is in the way, where servers cannot be booted
 */
export async function benchmarkBoot(
  options: BootBenchmarkOptions,
  say: (line: string) => void,
): Promise<BootBenchmark> {
  const measured = boots.parse(await runInNetwork("bench/boot/inside.ts", options, [options.debian], say));
  const [plain, relay] = [spreadOf(measured.plain), spreadOf(measured.relay)];
  return { ...options, plain, relay, ratio: relay.median / plain.median, steps: measured.steps };
}
