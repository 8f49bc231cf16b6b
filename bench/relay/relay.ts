import { join } from "node:path";
import { execa } from "execa";
import { baseImage, debianMirrors } from "../../sandbox/machine/base-image";
import { removeLeftovers, removeRunFolder } from "../../sandbox/machine/leftovers";
import { capabilities, installNeeds } from "../../sandbox/machine/needs";
import { createNetwork, enterCommand, mirrorAddresses, removeNetwork } from "../../sandbox/machine/network";
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
  const { obstacles, missingPackages } = await capabilities();
  if (obstacles.length > 0) {
    throw new Error(`No server can be booted here: ${obstacles.join("; ")}. Next: run it as root on Linux.`);
  }
  await installNeeds(missingPackages, say);
  const { archive, security } = await debianMirrors();
  await baseImage(13, { archive, security }, say);
  const mirrors = [...(await mirrorAddresses([archive, security]))];
  await removeLeftovers();
  const network = await createNetwork();
  try {
    const { command, env } = enterCommand(network);
    const [program = "", ...words] = command;
    const task = JSON.stringify({ mirrors, options });
    const inside = [...words, process.execPath, join(__dirname, "inside.js"), task];
    const { stdout, exitCode } = await execa(program, inside, { env, stderr: "inherit", reject: false });
    if (exitCode !== 0) {
      throw new Error(`the benchmark in the network ended with ${exitCode}; its messages are above`);
    }
    return relayBenchmark.parse(JSON.parse(stdout));
  } finally {
    await removeNetwork(network);
    await removeRunFolder(network.name);
  }
}
