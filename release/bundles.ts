import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import * as z from "zod";
import { projectRoot } from "../engine/project-root";

// Read and not imported: what the compiler puts into dist/component-package, the build of the package clears away.
const { leftOut } = z
  .object({ leftOut: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(join(projectRoot(), "component-package", "left-out.json"), "utf8")));

/** A file that esbuild makes of a program and the packages that it uses. */
export interface Bundle {
  entry: string;
  outfile: string;
  /** Packages that it leaves to whoever runs it. */
  external: string[];
}

/** The bundle of the component package, as component-package/build.cjs makes it: these stand for nothing there. */
const COMPONENT_PACKAGE: Bundle = {
  entry: "component-package/main.ts",
  outfile: "dist/component-package/smarthost.cjs",
  external: leftOut,
};

/**
 * The bundles that a release has: those of package.json's scripts, by their own command lines, so that none is
 * forgotten here, and the component package's.
 */
export function bundlesOf(scripts: Readonly<Record<string, string>>): Bundle[] {
  const made = Object.values(scripts).flatMap((script) => {
    const [, entry, outfile] = /\besbuild (\S+) .*--outfile=(\S+)/.exec(script) ?? [];
    const external = [...script.matchAll(/--external:(\S+)/g)].map(([, name = ""]) => name);
    return entry === undefined || outfile === undefined ? [] : [{ entry, outfile, external }];
  });
  return [...made, COMPONENT_PACKAGE];
}

// npm reads versions so too: @pulumi/policy's begins with a v.
const Version = z.string().transform((version) => version.replace(/^v/, ""));
const Manifest = z.object({ name: z.string(), version: Version });

/** The packages whose code a bundle holds, as `name@version`. @param root the project's folder */
export async function packagesIn({ entry, external }: Bundle, root: string): Promise<Set<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    external,
    platform: "node",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  // What was read and then left out as unused is no part of the output.
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = new Set(used.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const manifests = [...folders].map(async (folder) =>
    Manifest.parse(JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"))),
  );
  return new Set((await Promise.all(manifests)).map(({ name, version }) => `${name}@${version}`));
}
