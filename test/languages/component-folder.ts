import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../engine/project-root";

/** Builds the component package into a new folder, as it is shipped. @returns the folder, which is the caller's to remove */
export async function buildComponentFolder(): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), "smarthost-component-")), "component-package");
  await execa(process.execPath, [join(projectRoot(), "component-package", "build.cjs"), folder]);
  return folder;
}
