import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../engine/project-root";
import { makeRelease } from "../../release/archives";

/** A release in a folder of its own. */
export interface MadeRelease {
  folder: string;
  /** The names of its files. */
  names: string[];
  read(name: string): Promise<Buffer>;
  remove(): Promise<void>;
}

/** Makes a release of the project as it is built. */
export async function madeRelease(time: string): Promise<MadeRelease> {
  const folder = await mkdtemp(join(tmpdir(), "smarthost-release-"));
  await makeRelease({ root: projectRoot(), folder, time });
  return {
    folder,
    names: (await readdir(folder)).toSorted(),
    read: (name) => readFile(join(folder, name)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
