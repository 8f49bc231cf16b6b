import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { runOf } from "./leftovers";

/** Whether the kernel passes packets on between links; one switch for each network namespace (ip-sysctl). */
export const FORWARDING = "/proc/sys/net/ipv4/ip_forward";

/** Remembers, until the next start of the machine, that a sandbox switched it on. */
const SWITCHED_ON = "/run/smarthost-forwarding";

/** Switches forwarding on in this machine's own namespace, for the guests' way to the package mirror. */
export async function startForwarding(): Promise<void> {
  if ((await readFile(FORWARDING, "utf8")).trim() === "0") {
    await writeFile(SWITCHED_ON, "");
    await writeFile(FORWARDING, "1");
  }
}

/** Switches it off again, if a sandbox switched it on and none is left. */
export async function stopForwarding(): Promise<void> {
  const others = (await readdir("/run/netns").catch(() => [])).some((name) => runOf(name) !== undefined);
  if (existsSync(SWITCHED_ON) && !others) {
    await writeFile(FORWARDING, "0");
    await rm(SWITCHED_ON);
  }
}
