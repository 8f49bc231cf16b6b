import { access, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import envPaths from "env-paths";
import { execa } from "execa";

/**
 * The files of a package from this machine's apt sources, unpacked in the user's cache folder and not installed:
 * no root is needed. Where the machine has no package lists, they are fetched into the same folder.
 *
 * @returns the folder that stands for `/`
 * @throws Error with apt's own words when the package cannot be had
 */
export async function unpackedPackage(name: string): Promise<string> {
  const cache = join(envPaths("smarthost", { suffix: "" }).cache, "debian-packages");
  const unpacked = join(cache, name);
  if (await exists(unpacked)) {
    return unpacked;
  }
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, `${name}-`));
  try {
    await download(name, work);
    const archive = (await readdir(work)).find((file) => file.endsWith(".deb"));
    if (archive === undefined) {
      throw new Error(`apt-get download ${name} left no package in ${work}. Next: run it by hand.`);
    }
    await execa("dpkg-deb", ["--extract", join(work, archive), join(work, "root")]);
    // Another process may have been faster; its files are as good.
    await rename(join(work, "root"), unpacked).catch(async (error: unknown) => {
      if (!(await exists(unpacked))) {
        throw error;
      }
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return unpacked;
}

async function download(name: string, folder: string): Promise<void> {
  // Root's apt would hand the download to a user who may not write here.
  const options = ["-o", "APT::Sandbox::User=root", "--quiet=2"];
  const attempt = await execa("apt-get", [...options, "download", name], { cwd: folder, reject: false });
  if (attempt.exitCode === 0) {
    return;
  }
  const lists = join(folder, "lists");
  await mkdir(join(lists, "partial"), { recursive: true });
  const own = [...options, "-o", `Dir::State::Lists=${lists}`, "-o", `Dir::Cache=${join(folder, "apt")}`];
  await execa("apt-get", [...own, "update"], { cwd: folder });
  await execa("apt-get", [...own, "download", name], { cwd: folder });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
