import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import * as z from "zod";
import { bundlesOf, packagesIn } from "./bundles";
import { CHECKSUMS, sha256sums } from "./checksums";
import { PLUGINS, pluginFiles, writeArchive } from "./plugin-archive";
import { shippedSbom } from "./sbom";
import { archiveName, TARGETS } from "./targets";

const Manifest = z.object({
  version: z.string(),
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
});

/** Where a release is made, and from what. */
export interface ReleaseOptions {
  /** The project, as it was built. */
  root: string;
  /** The folder for the files; emptied before. */
  folder: string;
  /** The time that the bills of materials carry, ISO 8601: the commit's. */
  time: string;
}

/**
 * Makes every file of a release: the npm package, each plug-in's archive for each platform, a bill of materials
 * for each, and checksums of all. The same commit and Node.js give the same bytes, but for the npm package's, which
 * are npm's.
 * @returns the names of the files
 */
export async function makeRelease({ root, folder, time }: ReleaseOptions): Promise<string[]> {
  const manifest = Manifest.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });

  await execa("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root });
  for (const plugin of PLUGINS) {
    for (const target of TARGETS) {
      const files = await pluginFiles(root, plugin, target.os);
      await writeArchive(join(folder, archiveName(plugin.name, manifest.version, target)), files);
    }
  }
  for (const [name, text] of await billsOfMaterials(root, manifest, time)) {
    await writeFile(join(folder, name), text);
  }
  const names = await readdir(folder);
  await writeFile(join(folder, CHECKSUMS), await sha256sums(folder, names));
  return [...names, CHECKSUMS].toSorted();
}

/** By its file's name, what the npm package and each plug-in ship. */
async function billsOfMaterials(
  root: string,
  { version, scripts, dependencies, peerDependencies }: z.output<typeof Manifest>,
  time: string,
): Promise<[name: string, text: string][]> {
  const npm = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const { stdout: whole } = await execa("npm", npm, { cwd: root });
  const bundles = await Promise.all(
    bundlesOf(scripts).map(async (bundle) => [bundle.outfile, await packagesIn(bundle, root)] as const),
  );
  const bundled = new Set(bundles.flatMap(([, packages]) => [...packages]));
  const peers = Object.keys(peerDependencies);
  const installed = Object.entries(dependencies).map(([name, exact]) => `${name}@${exact}`);
  return [
    [
      `pulumi-smarthost-${version}.cdx.json`,
      shippedSbom(whole, { name: "pulumi-smarthost", version, bundled, installed, peers }, time),
    ],
    ...PLUGINS.map(({ name, bundle }): [string, string] => {
      const packages = new Map(bundles).get(bundle);
      if (packages === undefined) throw new Error(`No script of package.json makes ${bundle}.`);
      const subject = { name: `pulumi-resource-${name}`, version, bundled: packages, installed: [], peers };
      return [`${subject.name}-v${version}.cdx.json`, shippedSbom(whole, subject, time)];
    }),
  ];
}

/** The time of the commit, or SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/). */
export async function releaseTime(root: string, epoch: string | undefined): Promise<string> {
  const seconds = epoch ?? (await execa("git", ["log", "-1", "--format=%ct"], { cwd: root })).stdout;
  return new Date(Number(seconds) * 1000).toISOString();
}
