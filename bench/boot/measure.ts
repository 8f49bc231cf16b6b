import type { MirrorHosts } from "../../test/boot/network-run";
import type { BootBenchmarkOptions, Boots } from "./options";
import { BootWorld } from "./world";

/**
 * Boots fresh servers in turns, so that what disturbs the machine or the package mirror disturbs both. One boot of
 * the plain kind goes first and is not counted: it warms the page cache.
 */
export async function measureBoots(
  { debian, runs }: BootBenchmarkOptions,
  mirrors: MirrorHosts,
  say: (line: string) => void,
): Promise<Boots> {
  const world = await BootWorld.open({ debian, mirrors });
  const boots: Boots = { plain: [], relay: [], steps: [] };
  try {
    say(`warm-up: plain ${(await world.plainBoot()).toFixed(1)} s`);
    for (let run = 1; run <= runs; run++) {
      const plain = await world.plainBoot();
      const relay = await world.relayBoot();
      boots.plain.push(plain);
      boots.relay.push(relay.seconds);
      boots.steps = relay.steps;
      say(`${run}/${runs}: plain ${plain.toFixed(1)} s, relay ${relay.seconds.toFixed(1)} s`);
    }
    return boots;
  } finally {
    await world.close();
  }
}
