import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Fault } from "../components/faults";
import { staleFiles } from "../engine/generate-sdk";
import type { ApiChange } from "./api/change";
import { compareApis, type PublicApi } from "./api/compare";
import { publicApi } from "./api/extract";
import { API_FOLDER, readApi, readVersion } from "./api/folder";
import { leastVersion, versionFaults } from "./api/least-version";
import { type ChangelogSection, parseChangelog } from "./changelog";
import { manifestFaults, type Publication, readManifest } from "./manifest";
import { REFERENCE_FOLDER, referenceOf } from "./reference/pages";

/** What a check of a release found. */
export interface ReleaseCheck {
  /** The last released version; undefined before the first. */
  released?: string;
  changes: readonly ApiChange[];
  /** The least version that the changes ask for. */
  least?: string;
  /** Why it can't be released so; empty where it can. */
  faults: Fault[];
}

/**
 * Compares the public API with the last release's, and version, changelog and what is generated with it.
 *
 * @param root the project as it was built
 * @param since the folder of the last release's API, as seen from there
 * @param publication where a release is to be published; empty between releases, when less has to be ready
 */
export async function checkRelease(
  root: string,
  since: string,
  publication: Publication = {},
): Promise<ReleaseCheck> {
  const api = await publicApi(root);
  const released = await readVersion(resolve(root, since));
  const changes = released === undefined ? [] : compareApis(await readApi(resolve(root, since)), api);
  const manifest = await readManifest(root);
  const changelog = parseChangelog(await readFile(join(root, "CHANGELOG.md"), "utf8"));
  const faults = [
    ...staleFaults(api, await readApi(join(root, API_FOLDER))),
    ...(await staleFiles(join(root, REFERENCE_FOLDER), await referenceOf(root))).map(({ file, problem }) =>
      stale(join(REFERENCE_FOLDER, file), problem),
    ),
    ...versionFaults({ released, changes, version: manifest.version, changelog }),
    ...(publication.tag === undefined ? [] : manifestFaults(manifest, publication)),
    ...(publication.tag === undefined ? [] : dateFaults(changelog)),
  ];
  return { released, changes, least: released && leastVersion(released, changes), faults };
}

/** Files of {@link API_FOLDER} that say something else than the code. */
export function staleFaults(code: PublicApi, written: PublicApi): Fault[] {
  return [...new Set([...code.keys(), ...written.keys()])]
    .filter((file) => code.get(file) !== written.get(file))
    .map((file) => stale(join(API_FOLDER, file), "is not what the code has"));
}

function stale(path: string, reason: string): Fault {
  return { path, reason, next: "Run `npm run release -- api` and commit what it changes." };
}

/** A version that is published has its day in the changelog. */
export function dateFaults([newest]: readonly ChangelogSection[]): Fault[] {
  if (newest?.date !== "unreleased") return [];
  const next = "Put the day of the release in place of (unreleased).";
  return [{ path: "CHANGELOG.md", value: newest.version, reason: "has no date", next }];
}
