import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { list } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { findEngine } from "../../engine/find-engine";
import { projectRoot } from "../../engine/project-root";
import { releaseTime } from "../../release/archives";
import { PLUGINS } from "../../release/plugin-archive";
import { archiveName } from "../../release/targets";
import { type MadeRelease, madeRelease } from "./made-release";

const TIME = "2026-11-24T12:00:00.000Z";
const PLATFORMS = ["linux", "darwin", "windows"].flatMap((os) => [`${os}-amd64`, `${os}-arm64`]);

let release: MadeRelease;
let version: string;

beforeAll(async () => {
  release = await madeRelease(TIME);
  const manifest = await readFile(join(projectRoot(), "package.json"), "utf8");
  version = z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
});
afterAll(() => release?.remove());

describe("a release", () => {
  it("has the npm package, two plug-ins for six platforms, a bill of materials of each, and checksums", () => {
    const plugins = ["sendgrid", "smarthost"].flatMap((plugin) => [
      ...PLATFORMS.map((platform) => `pulumi-resource-${plugin}-v${version}-${platform}.tar.gz`),
      `pulumi-resource-${plugin}-v${version}.cdx.json`,
    ]);
    expect(release.names).toEqual(
      [
        ...plugins,
        `pulumi-smarthost-${version}.tgz`,
        `pulumi-smarthost-${version}.cdx.json`,
        "SHA256SUMS",
      ].toSorted(),
    );
  });

  it("is the same, byte for byte, when it is made again", async () => {
    const again = await madeRelease(TIME);
    try {
      expect(again.names).toEqual(release.names);
      for (const name of release.names) {
        expect((await again.read(name)).equals(await release.read(name)), name).toBe(true);
      }
    } finally {
      await again.remove();
    }
  });

  it("has checksums that sha256sum finds right, and wrong once a file is changed", async () => {
    const check = () =>
      execa("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: release.folder, reject: false });
    const { stdout, exitCode } = await check();
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")).toHaveLength(release.names.length - 1);

    const name = `pulumi-smarthost-${version}.cdx.json`;
    const content = await release.read(name);
    await writeFile(join(release.folder, name), `${content} `);
    try {
      expect(await check()).toMatchObject({
        exitCode: 1,
        stdout: expect.stringContaining(`${name}: FAILED`),
      });
    } finally {
      await writeFile(join(release.folder, name), content);
    }
  });

  it("carries the commit's time, or the one that SOURCE_DATE_EPOCH says", async () => {
    const { stdout } = await execa("git", ["log", "-1", "--format=%cI"], { cwd: projectRoot() });
    expect(Date.parse(await releaseTime(projectRoot(), undefined))).toBe(Date.parse(stdout));
    expect(await releaseTime(projectRoot(), "1795521600")).toBe("2026-11-24T12:00:00.000Z");
  });
});

describe.each(PLUGINS)("the plug-in $name", ({ name, bundle, bundlePath }) => {
  const pathOf = (os: "linux" | "darwin" | "windows", arch: "amd64" | "arm64") =>
    join(release.folder, archiveName(name, version, { os, arch }));
  const listed = async (path: string) => {
    const entries: { path: string; mode?: number }[] = [];
    await list({
      file: path,
      onReadEntry: (entry) => void entries.push({ path: entry.path, mode: entry.mode }),
    });
    return entries;
  };

  it("is one bundle on every platform, and Windows has a launcher more", async () => {
    const script = `pulumi-resource-${name}`;
    const everywhere = [script, bundlePath, "LICENSE", "README.md"].toSorted();
    for (const arch of ["amd64", "arm64"] as const) {
      for (const os of ["linux", "darwin"] as const) {
        const entries = await listed(pathOf(os, arch));
        expect(entries.map(({ path }) => path).toSorted()).toEqual(everywhere);
        expect(entries.find(({ path }) => path === script)?.mode).toBe(0o755);
      }
      const entries = await listed(pathOf("windows", arch));
      expect(entries.map(({ path }) => path).toSorted()).toEqual([...everywhere, `${script}.cmd`].toSorted());
    }
    const built = await readFile(join(projectRoot(), bundle));
    for (const os of ["linux", "windows"] as const) {
      const { stdout } = await execa("tar", ["-xzOf", pathOf(os, "amd64"), bundlePath], {
        encoding: "buffer",
        stripFinalNewline: false,
        maxBuffer: 1e8,
      });
      expect(built.equals(stdout)).toBe(true);
    }
  });

  it("is installed by the Pulumi CLI from its archive, and starts there", async () => {
    const home = await mkdtemp(join(tmpdir(), "smarthost-plugin-home-"));
    try {
      const { path: pulumi } = await findEngine();
      const env = {
        PULUMI_HOME: home,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      };
      const run = (...args: string[]) => execa(pulumi, args, { env, cwd: home, maxBuffer: 1e8 });
      await run("plugin", "install", "resource", name, version, "--file", pathOf("linux", "amd64"));

      const installed = join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
      expect((await stat(installed)).mode & 0o111).not.toBe(0);
      const { stdout } = await run("package", "get-schema", `${name}@${version}`);
      expect(JSON.parse(stdout)).toMatchObject({ name, version });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
