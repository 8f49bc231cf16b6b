import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { compilationTests } from "./compilations";
import { type Consumer, installConsumer } from "./consumer";
import { CONTENTS, folderOf } from "./contents";
import { entryPointTests } from "./entry-points";
import { stackTests } from "./stack-life";

let consumer: Consumer;

beforeAll(async () => {
  consumer = await installConsumer();
});
afterAll(() => consumer?.remove());

describe("the packed module", () => {
  it("contains what it is to contain, and nothing else", () => {
    expect([...new Set(consumer.tarball.files.map(folderOf))].toSorted()).toEqual([...CONTENTS].toSorted());
  });

  it("contains the provider's package compiled, without packages of its own", () => {
    const bundled = consumer.tarball.files
      .filter((file) => file.startsWith("node_modules/@pulumi/sendgrid/"))
      .map((file) => file.slice("node_modules/@pulumi/sendgrid/".length));
    expect(bundled).toEqual(expect.arrayContaining(["package.json", "bin/index.js", "bin/index.d.ts"]));
    expect(bundled.filter((file) => file.includes("node_modules"))).toEqual([]);
  });

  it("is below 2.7 MB, for everybody who installs it; the command, with what doctor verifies mail by, is 1.1 of them", () => {
    expect(consumer.tarball.bytes).toBeLessThan(2_700_000);
  });
});

describe("its installation", () => {
  const lockSchema = z.object({
    packages: z.record(
      z.string(),
      z.looseObject({ resolved: z.string().optional(), hasInstallScript: z.boolean().optional() }),
    ),
  });
  const locked = async () =>
    lockSchema.parse(JSON.parse(await readFile(join(consumer.folder, "package-lock.json"), "utf8"))).packages;

  it("runs no script, of the package or of what it needs besides its peers", async () => {
    const packages = await locked();
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(packages["node_modules/pulumi-smarthost"]);
    const needed = ["pulumi-smarthost", ...Object.keys(dependencies)];
    const scripted = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript ? [path] : [],
    );
    expect(needed.length).toBeGreaterThan(3);
    expect(scripted.filter((path) => needed.some((name) => path.includes(`node_modules/${name}`)))).toEqual(
      [],
    );
  });

  it("comes from the tarball and the registry, and from nowhere else", async () => {
    const { stdout: registry } = await execa("npm", ["config", "get", "registry"], { cwd: consumer.folder });
    const from = Object.values(await locked()).flatMap(({ resolved }) => resolved ?? []);
    const elsewhere = from.filter((url) => !url.startsWith(registry.trim()));
    expect(elsewhere).toEqual([expect.stringMatching(/^file:.*pulumi-smarthost-\d+\.\d+\.\d+\.tgz$/)]);
  });

  it("has one single copy of the Pulumi SDK, so that resources of both mix", async () => {
    const copies: string[] = [];
    for await (const file of glob("**/node_modules/@pulumi/pulumi/package.json", { cwd: consumer.folder })) {
      copies.push(file);
    }
    expect(copies).toEqual([join("node_modules", "@pulumi", "pulumi", "package.json")]);
  });
});

// In this order: what is compiled runs then.
compilationTests(() => consumer);
entryPointTests(() => consumer);
stackTests(() => consumer);
