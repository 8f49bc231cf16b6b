import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheDirectory, installOnce } from "../../engine/cache";

/** An unpacked set of Debian packages. */
export interface Unpacked {
  /** The folder that stands for `/`. */
  root: string;
  /** Environment with which programs in it find their libraries. */
  env: { LD_LIBRARY_PATH: string };
}

/** Of this machine itself, and tied to its kernel and loader. */
const machinesOwn = /^(libc6|libc-bin|libgcc-s1|libcrypt1)$/;

/**
 * Packages from this machine's apt sources, unpacked in the user's cache folder and not installed: no root is needed.
 * Two processes that ask at once unpack once. About 5 s when not in the cache.
 *
 * @param name what the set is called in the cache
 * @param withLibraries whether the shared libraries that the packages need are unpacked too
 * @throws Error with apt's own words when a package cannot be had
 */
export async function unpackedPackages(
  name: string,
  packages: readonly string[],
  withLibraries: boolean,
): Promise<Unpacked> {
  const directory = join(cacheDirectory(), "debian-packages", `${name}-${await release()}`);
  await installOnce({
    directory,
    probe: async (folder) => (existsSync(folder) ? folder : undefined),
    install: (scratch) => install(packages, withLibraries, scratch),
  });
  // One folder for each processor architecture, such as x86_64-linux-gnu.
  const triplets = (await readdir(join(directory, "usr/lib"))).filter((each) => each.endsWith("-linux-gnu"));
  const libraries = triplets.flatMap((each) => [
    join(directory, "usr/lib", each),
    join(directory, "lib", each),
  ]);
  return { root: directory, env: { LD_LIBRARY_PATH: libraries.join(":") } };
}

async function install(packages: readonly string[], withLibraries: boolean, folder: string): Promise<void> {
  const options = await aptOptions(packages, folder);
  const wanted = new Set([...packages, ...(withLibraries ? await librariesOf(packages, options) : [])]);
  const archives = join(folder, "archives");
  await mkdir(archives);
  await execa("apt-get", [...options, "download", ...wanted], { cwd: archives });
  for (const archive of await readdir(archives)) {
    await execa("dpkg-deb", ["--extract", join(archives, archive), folder]);
  }
  await Promise.all(
    ["archives", "apt"].map((each) => rm(join(folder, each), { recursive: true, force: true })),
  );
}

async function librariesOf(packages: readonly string[], options: readonly string[]): Promise<string[]> {
  const closure = await execa("apt-cache", [
    ...options,
    ...["depends", "--recurse", "--important", "--no-conflicts", "--no-breaks", "--no-replaces"],
    ...packages,
  ]);
  const names = closure.stdout.split("\n").filter((line) => /^\S/.test(line) && !line.startsWith("<"));
  return names.filter((each) => each.startsWith("lib") && !machinesOwn.test(each));
}

/** Options of apt; where the machine has no lists of packages, they are fetched into the folder. */
async function aptOptions(packages: readonly string[], folder: string): Promise<string[]> {
  // Root's apt would hand the download to a user who may not write here.
  const options = ["-o", "APT::Sandbox::User=root", "--quiet=2"];
  const known = await execa("apt-cache", ["show", ...packages], { reject: false });
  if (known.exitCode === 0) return options;
  const lists = join(folder, "apt", "lists");
  await mkdir(join(lists, "partial"), { recursive: true });
  const own = [...options, "-o", `Dir::State::Lists=${lists}`, "-o", `Dir::Cache=${join(folder, "apt")}`];
  await execa("apt-get", [...own, "update"]);
  return own;
}

/** Such as `debian-12`: libraries of one release do not run on another. */
async function release(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8");
  const field = (key: string) => new RegExp(`^${key}="?([^"\\n]*)`, "m").exec(text)?.[1] ?? "unknown";
  return `${field("ID")}-${field("VERSION_ID")}-${process.arch}`;
}
