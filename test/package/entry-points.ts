import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Consumer } from "./consumer";

const ENTRY_POINTS = ["pulumi-smarthost", "pulumi-smarthost/sendgrid", "pulumi-smarthost/mail-dns"];
/** What Node adds to the names of a CommonJS module that is imported as ESM. */
const OF_NODE = ["default", "module.exports", "__esModule"];

const manifestSchema = z.object({
  exports: z.record(z.string(), z.unknown()),
  bin: z.record(z.string(), z.string()),
});

/** What the installed package offers, as Node, npx and the engine find it. */
export function entryPointTests(consumer: () => Consumer): void {
  const installed = (...path: string[]) =>
    join(consumer().folder, "node_modules", "pulumi-smarthost", ...path);
  /** Runs a module in the consumer's folder with this process's Node. @returns what it prints, as JSON. */
  const evaluate = async (type: "module" | "commonjs", code: string): Promise<unknown> => {
    const { stdout } = await execa(process.execPath, [`--input-type=${type}`, "--eval", code], {
      cwd: consumer().folder,
    });
    return JSON.parse(stdout);
  };
  const path = () => ({ PATH: `${dirname(process.execPath)}:${process.env.PATH}` });

  describe("the installed package", () => {
    it("has the entry points that are tried here, and no other", async () => {
      const manifest = manifestSchema.parse(JSON.parse(await readFile(installed("package.json"), "utf8")));
      const named = Object.keys(manifest.exports).map((name) => name.replace(/^\./, "pulumi-smarthost"));
      const forPulumi = ["pulumi-smarthost/component-package", "pulumi-smarthost/package.json"];
      expect(named.toSorted()).toEqual([...ENTRY_POINTS, ...forPulumi].toSorted());
      expect(Object.keys(manifest.bin)).toEqual(["smarthost"]);
    });

    it.each(ENTRY_POINTS)("%s gives an import the names that it gives `require`", async (name) => {
      const required = z
        .array(z.string())
        .parse(await evaluate("commonjs", `console.log(JSON.stringify(Object.keys(require("${name}"))))`));
      const imported = z.array(z.string()).parse(
        await evaluate(
          "module",
          `import * as all from "${name}";
           console.log(JSON.stringify(Object.keys(all).filter((key) => all[key] !== undefined)));`,
        ),
      );
      const ours = (names: string[]) => names.filter((each) => !OF_NODE.includes(each)).toSorted();
      expect(ours(required).length).toBeGreaterThan(20);
      expect(ours(imported)).toEqual(ours(required));
    });

    it("loads nothing of Pulumi for pulumi-smarthost/mail-dns", async () => {
      const loaded = await evaluate(
        "commonjs",
        `require("pulumi-smarthost/mail-dns");
         console.log(JSON.stringify(Object.keys(require.cache).filter((file) => file.includes("@pulumi"))))`,
      );
      expect(loaded).toEqual([]);
    });

    it.each(["commonjs", "esm"])("has functions that run without an engine, as %s", async (kind) => {
      const report = await evaluate(
        "module",
        `import { spfReport } from "./${kind}/bin/mail-report.js";
         const lookUp = async () => ({ exists: true, records: ["v=spf1 ?all"] });
         console.log(JSON.stringify(await spfReport("example.com", { lookUp })));`,
      );
      expect(report).toEqual(["SPF lookups 0 of 10", expect.stringContaining("?all")]);
    });

    it("has the command smarthost", async () => {
      const { stdout } = await execa("npx", ["--no-install", "smarthost", "--help"], {
        cwd: consumer().folder,
        env: path(),
      });
      expect(stdout).toMatch(/^Usage: smarthost /);
    });

    it.each(["pulumi-resource-sendgrid", "dist/component-package/pulumi-resource-smarthost"])(
      "has the executable %s, which starts and names its port",
      async (executable) => {
        const plugin = execa(installed(executable), ["127.0.0.1:1"], {
          env: path(),
          reject: false,
        });
        try {
          const [line] = await once(plugin.stdout, "data");
          expect(String(line)).toMatch(/^\d{4,5}\n$/);
        } finally {
          plugin.kill();
          await plugin;
        }
      },
    );

    it("has the policy pack's code where the folder for `--policy-pack` says", async () => {
      const folder = installed("policy");
      const { main } = z
        .object({ main: z.string() })
        .parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
      expect((await stat(join(folder, main))).isFile()).toBe(true);
    });

    it("has a provider in one file of less than 3 MB, which every operation of the engine loads", async () => {
      expect((await stat(installed("dist", "provider", "sendgrid.cjs"))).size).toBeLessThan(3_000_000);
    });
  });
}
