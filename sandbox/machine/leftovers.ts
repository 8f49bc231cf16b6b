import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { removeControlGroups } from "./control-groups";

/** A run's folder for overlays, disks and logs: one a process that made a network. */
export function runFolder(networkName: string): string {
  return join(tmpdir(), networkName);
}

/** The process id in a name such as `smarthost-4711` or `smarthost-4711-i0`; undefined for other names. */
export function runOf(name: string): number | undefined {
  const match = /^smarthost-(\d+)(-[\w-]+)?$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** The machine's own end of a network's way out; names of links have at most 15 characters. */
export function hostLink(networkName: string): string {
  return `sh${runOf(networkName)}`;
}

/**
 * Removes what sandboxes left whose process is gone: guests, network namespaces, packet rules, mounts, loop
 * devices and folders. Runs that are alive are left alone.
 *
 * @returns the names of the runs that were removed
 */
export async function removeLeftovers(): Promise<string[]> {
  const names = new Set<string>([
    ...(await readdir("/run/netns").catch(() => [])),
    ...(await readdir(tmpdir())),
  ]);
  const dead = [...names].filter((name) => {
    const pid = runOf(name);
    return name === `smarthost-${pid}` && pid !== undefined && !isAlive(pid);
  });
  for (const name of dead) {
    await removeNamespace(name);
    await removeRunFolder(name);
  }
  return dead;
}

/** Removes one run's namespaces with every process in its guests, its link and its packet rules. */
export async function removeNamespace(name: string): Promise<void> {
  const guests = (await readdir("/run/netns").catch(() => [])).filter((netns) =>
    netns.startsWith(`${name}-`),
  );
  for (const guest of guests) {
    await removeGuest(guest);
  }
  await execa("ip", ["netns", "del", name], { reject: false });
  await execa("ip", ["link", "del", hostLink(name)], { reject: false });
  await execa("nft", ["delete", "table", "ip", name], { reject: false });
}

/** Kills what runs in a guest's namespace, the guest's first process before all; removes it and the guest's control groups. */
export async function removeGuest(guest: string): Promise<void> {
  const { stdout } = await execa("ip", ["netns", "pids", guest], { reject: false });
  for (const pid of (stdout ?? "").split("\n").filter(Boolean).map(Number)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended with its namespace's first process.
    }
  }
  await execa("ip", ["netns", "del", guest], { reject: false });
  await removeControlGroups(guest);
}

/** Unmounts and deletes a run's folder, and gives its loop devices back. */
export async function removeRunFolder(name: string): Promise<void> {
  const folder = runFolder(name);
  const mounts = (await readFile("/proc/self/mounts", "utf8"))
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.reverse()) {
    await execa("umount", [path], { reject: false });
  }
  const { stdout } = await execa("losetup", ["-n", "-O", "NAME,BACK-FILE"], { reject: false });
  for (const line of (stdout ?? "").split("\n")) {
    const [device, file] = line.trim().split(/\s+/);
    if (device !== undefined && file?.startsWith(`${folder}/`)) {
      await execa("losetup", ["-d", device], { reject: false });
    }
  }
  await rm(folder, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
