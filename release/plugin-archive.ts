import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create } from "tar";
import type { Target } from "./targets";

/** A file of an archive. */
export interface ArchiveFile {
  /** From the archive's root, with forward slashes. */
  path: string;
  content: string | Buffer;
  executable?: boolean;
}

/**
 * Writes a tar.gz whose bytes follow from its files alone: no owner, no time, no folder entries, in the order given.
 * Another version of Node.js may compress otherwise, so a rebuild needs the same one.
 */
export async function writeArchive(path: string, files: readonly ArchiveFile[]): Promise<void> {
  const staging = await mkdtemp(join(tmpdir(), "smarthost-archive-"));
  try {
    for (const { path: file, content, executable } of files) {
      await mkdir(dirname(join(staging, file)), { recursive: true });
      await writeFile(join(staging, file), content);
      await chmod(join(staging, file), executable ? 0o755 : 0o644);
    }
    await create(
      { cwd: staging, file: path, gzip: { level: 9 }, portable: true, mtime: new Date(0) },
      files.map((file) => file.path),
    );
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** A plug-in that a release has archives of. */
export interface Plugin {
  /** As the engine knows it: `sendgrid`. */
  name: string;
  /** Its executable, a script for Node.js, in the project. */
  executable: string;
  /** Its one bundle, in the project. */
  bundle: string;
  /** The bundle beside the executable, which looks for it there. */
  bundlePath: string;
}

/** The SendGrid provider and the component package. */
export const PLUGINS = [
  {
    name: "sendgrid",
    executable: "pulumi-resource-sendgrid",
    bundle: "dist/provider/sendgrid.cjs",
    bundlePath: "dist/provider/sendgrid.cjs",
  },
  // Without its PulumiPlugin.yaml, with which the engine wants the SDK installed beside it.
  {
    name: "smarthost",
    executable: "dist/component-package/pulumi-resource-smarthost",
    bundle: "dist/component-package/smarthost.cjs",
    bundlePath: "smarthost.cjs",
  },
] as const satisfies readonly Plugin[];

/**
 * What a plug-in's archive holds on a platform: one bundle for all, started by Node.js from PATH.
 *
 * On Windows the engine starts `pulumi-resource-NAME.exe`, or else `.cmd` (`getCandidateExtensions` in
 * sdk/go/common/workspace/plugins.go), and knows no `#!` line.
 *
 * @param root the project as it was built
 */
export async function pluginFiles(root: string, plugin: Plugin, os: Target["os"]): Promise<ArchiveFile[]> {
  const { name, executable, bundle, bundlePath } = plugin;
  const read = (path: string) => readFile(join(root, path));
  const script = `pulumi-resource-${name}`;
  const readme = (await read("release/plugin-readme.md")).toString().replaceAll("NAME", name);
  return [
    { path: script, content: await read(executable), executable: true },
    ...(os === "windows" ? [{ path: `${script}.cmd`, content: windowsLauncher(script) }] : []),
    { path: bundlePath, content: await read(bundle) },
    { path: "LICENSE", content: await read("LICENSE") },
    { path: "README.md", content: readme },
  ];
}

/** `%~dp0` is the folder of the launcher itself; it ends with Node's exit code. */
const windowsLauncher = (script: string) => `@echo off\r\nnode "%~dp0${script}" %*\r\n`;
