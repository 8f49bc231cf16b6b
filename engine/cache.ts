import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import envPaths from "env-paths";
import { lock } from "proper-lockfile";

/**
 * Where the project keeps what is slow to make and the same for every clone: the Pulumi CLI, Go tools.
 * Outside the repository, so that `git clean` and a fresh clone do not lose it.
 * @param override wins over the environment variable SMARTHOST_CACHE, which wins over the user's cache
 *   folder (~/.cache/smarthost on Linux).
 */
export function cacheDirectory(override?: string): string {
  return override || process.env.SMARTHOST_CACHE || envPaths("smarthost", { suffix: "" }).cache;
}

/** How {@link installOnce} makes a folder and knows it for usable. */
export interface Installation<Found, Made> {
  /** The folder to be made. */
  directory: string;
  /** Looks whether the folder can be used as it is; undefined when it can not. */
  probe(directory: string): Promise<Found | undefined>;
  /** Fills an empty folder beside the final one. */
  install(scratch: string): Promise<Made>;
  /** Called once when another process is installing the same. */
  onWait?(): void;
}

/** What {@link installOnce} did: found the folder usable, or made it. */
export type Installed<Found, Made> = { found: Found } | { made: Made };

/**
 * Makes a folder of the cache once, however many processes ask for it at the same time: one builds in a
 * scratch folder and renames it into place, the others wait and use what it made. A half-made folder is
 * never seen under the final name.
 */
export async function installOnce<Found, Made>(
  installation: Installation<Found, Made>,
): Promise<Installed<Found, Made>> {
  const { directory, probe, install, onWait } = installation;
  const before = await probe(directory);
  if (before !== undefined) {
    return { found: before };
  }
  await mkdir(dirname(directory), { recursive: true });
  const release = await acquire(directory, onWait);
  try {
    const meanwhile = await probe(directory);
    if (meanwhile !== undefined) {
      return { found: meanwhile };
    }
    await removeLeftOvers(directory);
    const scratch = await mkdtemp(`${directory}.partial-`);
    try {
      const made = await install(scratch);
      await rm(directory, { recursive: true, force: true });
      await rename(scratch, directory);
      return { made };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  } finally {
    await release();
  }
}

async function acquire(directory: string, onWait?: () => void): Promise<() => Promise<void>> {
  const options = {
    realpath: false,
    lockfilePath: `${directory}.lock`,
    // A process that was killed keeps the lock for this long at most.
    stale: 30_000,
    update: 5_000,
    // Lost, for instance, when the machine was suspended. Then two may build at once, which costs time
    // and nothing else: each has its own scratch folder, and the rename is atomic.
    onCompromised: () => {},
  };
  try {
    return await lock(directory, options);
  } catch (error) {
    if (!isLocked(error)) {
      throw error;
    }
    onWait?.();
    return await lock(directory, {
      ...options,
      retries: { forever: true, minTimeout: 500, maxTimeout: 2_000 },
    });
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOCKED";
}

/** Scratch folders of processes that were killed; safe because the caller holds the lock. */
async function removeLeftOvers(directory: string): Promise<void> {
  const prefix = `${basename(directory)}.partial-`;
  const names = await readdir(dirname(directory));
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    await rm(join(dirname(directory), name), { recursive: true, force: true });
  }
}
