import { access, mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where systemd keeps its tree of processes: its own hierarchy of version 1, with or without one of version 2; or version 2. */
const HIERARCHIES = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
/** How long the kernel may take to let go of a group whose last process was killed. */
const LIMIT_MS = 5_000;
const PAUSE_MS = 50;

/**
 * Makes the groups of one guest, one in each hierarchy. Guests in one group would share the tree below it: one that
 * shuts down removes the group of a service, and another that starts its service of that name just then fails to.
 *
 * @returns the files that take a process into the groups
 */
export async function makeControlGroups(guest: string): Promise<string[]> {
  const folders = (await hierarchies()).map((hierarchy) => join(hierarchy, guest));
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
  }
  return folders.map(procsOf);
}

/** Removes a guest's groups, whose processes have ended or are about to; there may be none. */
export async function removeControlGroups(guest: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, guest);
    if (!(await exists(folder))) {
      continue;
    }
    const below = await readdir(folder, { recursive: true, withFileTypes: true });
    const groups = below
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name));
    // The deepest first.
    for (const group of [folder, ...groups].sort((a, b) => b.length - a.length)) {
      await removeWhenEmpty(group);
    }
  }
}

async function hierarchies(): Promise<string[]> {
  const present = await Promise.all(HIERARCHIES.map((folder) => exists(procsOf(folder))));
  return HIERARCHIES.filter((_, index) => present[index]);
}

async function removeWhenEmpty(group: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await rmdir(group);
    } catch (error) {
      const isBusy = error instanceof Error && "code" in error && error.code === "EBUSY";
      if (!isBusy || Date.now() > deadline) {
        throw error;
      }
      await sleep(PAUSE_MS);
    }
  }
}

function procsOf(group: string): string {
  return join(group, "cgroup.procs");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
