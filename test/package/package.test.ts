import { spawn } from "node:child_process";
import { once } from "node:events";
import { glob, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Consumer, installConsumer } from "./consumer";

let consumer: Consumer;

beforeAll(async () => {
  consumer = await installConsumer();
});
afterAll(() => consumer?.remove());

describe("the packed module", () => {
  it("contains the components, the command, the provider and the provider's package, and nothing else", () => {
    const folders = consumer.tarball.files.map((file) => {
      const depth = file.startsWith("node_modules/@") ? 3 : 2;
      return file.split("/").slice(0, depth).join("/");
    });
    expect([...new Set(folders)].toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "dist/cli",
      "dist/components",
      "dist/provider",
      "node_modules/@pulumi/sendgrid",
      "package.json",
      "pulumi-resource-sendgrid",
    ]);
  });

  it("contains the provider's package compiled, without packages of its own", () => {
    const bundled = consumer.tarball.files
      .filter((file) => file.startsWith("node_modules/@pulumi/sendgrid/"))
      .map((file) => file.slice("node_modules/@pulumi/sendgrid/".length));
    expect(bundled).toEqual(expect.arrayContaining(["package.json", "bin/index.js", "bin/index.d.ts"]));
    expect(bundled.filter((file) => file.includes("node_modules"))).toEqual([]);
  });

  it("is below 1.1 MB, for everybody who installs it: components, provider and command are a third each", () => {
    expect(consumer.tarball.bytes).toBeLessThan(1_100_000);
  });
});

it("the provider is one file of less than 3 MB, which every operation of the engine loads", async () => {
  const bundle = join(consumer.folder, "node_modules/pulumi-smarthost/dist/provider/sendgrid.cjs");
  expect((await stat(bundle)).size).toBeLessThan(3_000_000);
});

describe("somebody else's project that installs it", () => {
  it("has one single copy of the Pulumi SDK, so that resources of both mix", async () => {
    const copies: string[] = [];
    for await (const file of glob("**/node_modules/@pulumi/pulumi/package.json", { cwd: consumer.folder })) {
      copies.push(file);
    }
    expect(copies).toEqual([join("node_modules", "@pulumi", "pulumi", "package.json")]);
  });

  it("finds at its root an executable provider that starts and names its port", async () => {
    const executable = join(consumer.folder, "node_modules", "pulumi-smarthost", "pulumi-resource-sendgrid");
    const plugin = spawn(executable, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await once(plugin.stdout, "data");
      expect(String(line)).toMatch(/^\d{4,5}\n$/);
    } finally {
      plugin.kill();
    }
  });

  it("compiles by its own compiler, and previews MailRelay beside resources of its own", async () => {
    await consumer.compile();
    const steps = await consumer.preview();

    const resources = steps
      .map((step) => /^create urn:pulumi:dev::consumer::(?<types>.*)::(?<name>.*)$/.exec(step)?.groups)
      .filter((step) => step !== undefined)
      .map(({ types = "", name }) => `${types.split("$").at(-1)} ${name}`);
    expect(resources).toEqual(
      expect.arrayContaining([
        "smarthost:index:MailRelay mail",
        "sendgrid:index:DomainAuthentication mail-domain",
        "sendgrid:index:ApiKey mail-key",
        "aws:ec2/instance:Instance mail-debian13-arm64",
        "aws:ec2/securityGroup:SecurityGroup application",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule application-mail",
        "sendgrid:index:ApiKey reports",
      ]),
    );
    expect(resources.filter((resource) => resource.startsWith("cloudflare:"))).not.toEqual([]);
    expect(steps.filter((step) => !/^create /.test(step))).toEqual([]);
  });
});
