import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PublicApi } from "./compare";

/** Below the project's folder: the public API as it is, and as it was in the last release. */
export const API_FOLDER = "api";
export const RELEASED_FOLDER = join(API_FOLDER, "released");
/** Says in the folder of the last release which version that was. */
export const VERSION_FILE = "version.txt";

/** The API's files in a folder, without those of its own folders; empty where it is not there. */
export async function readApi(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder, { withFileTypes: true }).catch(ignoreMissing);
  const files = names.filter((each) => each.isFile() && /\.(api\.md|schema\.json)$/.test(each.name));
  return new Map(
    await Promise.all(
      files.map(async ({ name }) => [name, await readFile(join(folder, name), "utf8")] as const),
    ),
  );
}

/** The version in a folder of {@link RELEASED_FOLDER}'s kind; undefined before the first release. */
export async function readVersion(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, VERSION_FILE), "utf8").catch(ignoreMissing);
  return typeof text === "string" ? text.trim() : undefined;
}

/** Writes an API's files in place of those that are there, and the version where it is a release's. */
export async function writeApi(folder: string, api: PublicApi, version?: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // One of an entry point that is gone would count as gone in every release to come.
  for (const name of (await readApi(folder)).keys()) await rm(join(folder, name));
  for (const [name, text] of api) await writeFile(join(folder, name), text);
  if (version !== undefined) await writeFile(join(folder, VERSION_FILE), `${version}\n`);
}

function ignoreMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}
