import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generateSdk, staleFiles, writeFolder } from "../../engine/generate-sdk";

const schema = {
  name: "example",
  version: "1.2.3",
  language: { nodejs: { respectSchemaVersion: true, peerDependencies: { "@pulumi/pulumi": "^3.249.0" } } },
  resources: {
    "example:index:Thing": {
      inputProperties: { size: { type: "integer" } },
      requiredInputs: ["size"],
      properties: { size: { type: "integer" } },
      required: ["size"],
    },
  },
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smarthost-sdk-test-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

// The generator is built once into the cache, which takes minutes where Go's own cache is cold.
const patience = { timeout: 900_000 };

test("a schema becomes a package with its version and a class for each resource", patience, async () => {
  const files = await generateSdk({ schema });
  expect(JSON.parse(files.get("package.json") ?? "")).toMatchObject({
    name: "@pulumi/example",
    version: "1.2.3",
    peerDependencies: { "@pulumi/pulumi": "^3.249.0" },
  });
  expect(files.get("thing.ts")).toContain("export class Thing extends pulumi.CustomResource");
});

test("writing makes a folder equal to what was generated, and says what it changed", patience, async () => {
  const generated = await generateSdk({ schema });
  await writeFolder(folder, generated);
  expect(await staleFiles(folder, generated)).toEqual([]);

  writeFileSync(join(folder, "thing.ts"), "edited by hand");
  writeFileSync(join(folder, "old.ts"), "of a resource that is gone");
  rmSync(join(folder, "tsconfig.json"));
  const stale = [
    { file: "old.ts", problem: "not generated any more" },
    { file: "thing.ts", problem: "differs" },
    { file: "tsconfig.json", problem: "missing" },
  ];
  expect(await staleFiles(folder, generated)).toEqual(stale);
  expect(await writeFolder(folder, generated)).toEqual(stale);
  expect(await staleFiles(folder, generated)).toEqual([]);
});

test("a schema that is not valid is refused with the generator's reason", patience, async () => {
  const broken = { ...schema, resources: { nonsense: {} } };
  await expect(generateSdk({ schema: broken })).rejects.toThrow(/nonsense/);
});
