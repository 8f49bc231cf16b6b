import { runInNetwork } from "../../test/boot/network-run";
import { type RelayBenchmark, type RelayOptions, relayBenchmark } from "./result";

/**
 * Boots the project's relay and a stock Debian Postfix in a network of their own, and measures both.
 *
 * @param say gets progress, in lines
 * @throws Error with what is in the way, where no server can be booted (it takes root on Linux)
 */
export async function benchmarkRelay(
  options: RelayOptions,
  say: (line: string) => void,
): Promise<RelayBenchmark> {
  return relayBenchmark.parse(await runInNetwork("bench/relay/inside.ts", options, [13], say));
}
