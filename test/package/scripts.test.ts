import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { z } from "zod";
import { projectRoot } from "../../engine/project-root";

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(projectRoot(), "package.json"), "utf8")));

/** The compiled commands by their scripts' names. The tests of each run its sources, which are not what a script runs. */
const compiled = Object.entries(scripts).flatMap(([name, script]) => {
  const [, entry] = /node engine\/run\.cjs (\S+\/main)$/.exec(script) ?? [];
  return entry === undefined ? [] : [[name, entry] as const];
});

test("the scripts with commands are found", () => {
  expect(compiled.map(([name]) => name)).toEqual(expect.arrayContaining(["sandbox", "bench", "release"]));
});

test.each(compiled)("npm run %s starts as it was compiled, and says how it is used", async (_name, entry) => {
  const { stdout } = await execa(process.execPath, ["engine/run.cjs", entry, "--help"], {
    cwd: projectRoot(),
  });
  expect(stdout).toContain("Usage: ");
});
