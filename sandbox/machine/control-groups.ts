import { existsSync } from "node:fs";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import pRetry from "p-retry";

/** Where systemd keeps its tree of processes: its own hierarchy of version 1, with or without one of version 2; or version 2. */
const HIERARCHIES = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
/** The kernel may take a moment, here five seconds, to let go of a group whose last process was killed. */
const PATIENCE = { retries: 100, minTimeout: 50, factor: 1 };

/**
 * Makes the groups of one guest, one in each hierarchy. Guests in one group would share the tree below it: one that
 * shuts down removes the group of a service, and another that starts its service of that name just then fails to.
 *
 * @returns the files that take a process into the groups
 */
export async function makeControlGroups(guest: string): Promise<string[]> {
  const folders = foldersOf(guest);
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
  }
  return folders.map(procsOf);
}

/** Removes a guest's groups, whose processes have ended or are about to; there may be none. */
export async function removeControlGroups(guest: string): Promise<void> {
  for (const folder of foldersOf(guest).filter((each) => existsSync(each))) {
    const below = await readdir(folder, { recursive: true, withFileTypes: true });
    const groups = below
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name));
    // The deepest first.
    for (const group of [folder, ...groups].sort((a, b) => b.length - a.length)) {
      await pRetry(() => rmdir(group), { ...PATIENCE, shouldRetry: ({ error }) => isBusy(error) });
    }
  }
}

function foldersOf(guest: string): string[] {
  const present = HIERARCHIES.filter((hierarchy) => existsSync(procsOf(hierarchy)));
  return present.map((hierarchy) => join(hierarchy, guest));
}

function procsOf(group: string): string {
  return join(group, "cgroup.procs");
}

function isBusy(error: Error): boolean {
  return "code" in error && error.code === "EBUSY";
}
