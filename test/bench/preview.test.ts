import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PreviewSample } from "../../bench/preview/one-preview";
import { comparison, type PreviewBenchmark, type Round } from "../../bench/preview/preview";
import { canStartCold, Runner } from "../../bench/preview/runner";
import { previewTable } from "../../bench/preview/table";

const sample = (processMs: number, previewMs: number, creates: number): PreviewSample => ({
  processMs,
  previewMs,
  creates,
});
const round = (stackMs: number, reportMs: number): Round => ({
  empty: sample(2000, 500, 1),
  stack: sample(stackMs, 1000, 26),
  reports: { stack: reportMs, domains: 2 * reportMs },
});

function benchmark(stackMs: number, coldStackMs?: number): PreviewBenchmark {
  return {
    runs: 1,
    warm: comparison([round(stackMs, 300)]),
    cold: coldStackMs === undefined ? null : comparison([round(coldStackMs, 400)]),
    domains: { domains: 200, previewMs: 20_000, reportShare: 0.03 },
  };
}

describe("the comparison of previews", () => {
  test("is of medians, which one slow run does not move", () => {
    const compared = comparison([round(2400, 250), round(2500, 9000), round(90_000, 200)]);
    expect(compared).toMatchObject({ ratio: 1.25, previewRatio: 2, reportShare: 0.25, reportRatio: 2 });
    expect(compared.stack).toEqual({
      process: { median: 2500, min: 2400, max: 90_000 },
      preview: { median: 1000, min: 1000, max: 1000 },
      creates: 26,
    });
  });

  test("needs a round", () => {
    expect(() => comparison([])).toThrow("no value was measured");
  });
});

describe("the table of previews", () => {
  test("judges warm and cold each by itself", () => {
    expect(previewTable(benchmark(2600, 2601))).toContain("warm met, cold missed.");
    expect(previewTable(benchmark(2601, 2600))).toContain("warm missed, cold met.");
  });

  test("shows what the programs took, and the reports beside the previews", () => {
    const table = previewTable(benchmark(2600, 3000));
    for (const row of [
      /stack, cold +│ 26 +│ 3000 ms \(3000–3000\) +│ 1000 ms \(1000–1000\)/,
      /stack \/ empty +│ +│ 1\.30 +│ 2\.00/,
      /stack, warm +│ 300 ms \(300–300\) +│ 30\.0 %/,
      /200 domains, warm +│ 600 ms \(600–600\) +│ 3\.0 %/,
      /200 domains \/ stack +│ 2\.00/,
    ])
      expect(table).toMatch(row);
  });

  test("says that cold was not measured, and judges warm alone", () => {
    const table = previewTable(benchmark(2600));
    expect(table.match(/cold: not measured, needs root on Linux/g)).toHaveLength(2);
    expect(table).toMatch(/Goal: at most 1\.3 times an empty program; warm met\.$/m);
    expect(table).not.toMatch(/(stack|empty|domains), cold/);
  });
});

describe("the runner", () => {
  let folder: string;
  let dropCaches: string;
  let runner: Runner;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "smarthost-test-"));
    dropCaches = join(folder, "drop_caches");
    await writeFile(dropCaches, "0\n");
    runner = await Runner.open(join(folder, "bin", "pulumi"));
  });
  afterAll(async () => {
    await runner.close();
    await rm(folder, { recursive: true, force: true });
  });
  const tell = async (expression: string, environment: NodeJS.ProcessEnv = {}) =>
    JSON.parse(
      (await runner.run(["-e", `console.log(JSON.stringify(${expression}))`], { environment })).output,
    );

  test("has another file as Node.js than this process, and puts it and the engine first on PATH", async () => {
    const { executable, path } = await tell("{ executable: process.execPath, path: process.env.PATH }");
    expect((await stat(executable)).ino).not.toBe((await stat(process.execPath)).ino);
    expect(path.split(":").slice(0, 2)).toEqual([join(executable, ".."), join(folder, "bin")]);
  });

  test("starts cold with the system's caches dropped and empty folders of its own", async () => {
    const [one, other] = [await runner.coldStart(dropCaches), await runner.coldStart(dropCaches)];
    expect(await readFile(dropCaches, "utf8")).toBe("3\n");
    const folders = [one.TMPDIR, one.PULUMI_HOME, other.TMPDIR, other.PULUMI_HOME].map(String);
    expect(new Set(folders).size).toBe(4);
    for (const each of folders) expect(await readdir(each)).toEqual([]);
    expect(await tell("[require('os').tmpdir(), process.env.PULUMI_HOME]", one)).toEqual(folders.slice(0, 2));
  });

  test("keeps compiled code where the run has its temporary files, whatever this process's environment says", async () => {
    const before = process.env.NODE_COMPILE_CACHE;
    process.env.NODE_COMPILE_CACHE = join(folder, "elsewhere");
    try {
      const cold = await runner.coldStart(dropCaches);
      const cache = await tell("require('module').enableCompileCache().directory", cold);
      expect(cache.startsWith(join(String(cold.TMPDIR), "node-compile-cache"))).toBe(true);
    } finally {
      if (before === undefined) delete process.env.NODE_COMPILE_CACHE;
      else process.env.NODE_COMPILE_CACHE = before;
    }
  });

  test("can't start cold where the system has no such file", async () => {
    expect(await canStartCold(dropCaches)).toBe(true);
    expect(await canStartCold(join(folder, "missing"))).toBe(false);
  });

  test("refuses to measure a process that failed", async () => {
    await expect(runner.run(["-e", "process.exit(3)"], { environment: {} })).rejects.toThrow("ended with 3");
  });

  test("leaves nothing behind", async () => {
    const own = await Runner.open(join(folder, "bin", "pulumi"));
    const { output } = await own.run(["-p", "process.execPath"], { environment: {} });
    await own.close();
    await expect(stat(output.trim())).rejects.toThrow("ENOENT");
  });
});
