import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cacheDirectory, installOnce } from "../../engine/cache";

let folder: string;
const directory = () => join(folder, "tool", "v1");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smarthost-cache-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const probe = async (root: string) => (existsSync(join(root, "done")) ? "usable" : undefined);

async function fill(scratch: string): Promise<string> {
  writeFileSync(join(scratch, "done"), "");
  return "filled";
}

/** Something that happens once, and that can be waited for. */
function event() {
  let happens = () => {};
  const happened = new Promise<void>((resolve) => {
    happens = resolve;
  });
  return { happened, happens };
}

test("the first to ask makes the folder, the next finds it", async () => {
  expect(await installOnce({ directory: directory(), probe, install: fill })).toEqual({ made: "filled" });
  expect(await installOnce({ directory: directory(), probe, install: fill })).toEqual({ found: "usable" });
});

test("of two that ask at the same time one installs and the other waits for it", async () => {
  const entered = event();
  const gate = event();
  const waiting = event();
  const install = vi.fn(async (scratch: string) => {
    entered.happens();
    await gate.happened;
    return await fill(scratch);
  });
  const first = installOnce({ directory: directory(), probe, install });
  await entered.happened;
  const second = installOnce({ directory: directory(), probe, install, onWait: () => waiting.happens() });
  await waiting.happened;
  gate.happens();
  expect(await Promise.all([first, second])).toEqual([{ made: "filled" }, { found: "usable" }]);
  expect(install).toHaveBeenCalledOnce();
});

test("a failed installation leaves nothing behind, and the next one succeeds", async () => {
  const broken = async (scratch: string) => {
    writeFileSync(join(scratch, "half"), "");
    throw new Error("no disk");
  };
  await expect(installOnce({ directory: directory(), probe, install: broken })).rejects.toThrow("no disk");
  expect(readdirSync(join(folder, "tool"))).toEqual([]);
  expect(await installOnce({ directory: directory(), probe, install: fill })).toEqual({ made: "filled" });
});

test("what a killed process left is removed, and a folder that is not usable is replaced", async () => {
  mkdirSync(`${directory()}.partial-x1`, { recursive: true });
  mkdirSync(directory());
  writeFileSync(join(directory(), "half"), "");
  await installOnce({ directory: directory(), probe, install: fill });
  expect(readdirSync(join(folder, "tool"))).toEqual(["v1"]);
  expect(readdirSync(directory())).toEqual(["done"]);
});

test("SMARTHOST_CACHE moves the cache, and an explicit folder wins over it", () => {
  vi.stubEnv("SMARTHOST_CACHE", "/var/cache/one");
  expect(cacheDirectory()).toBe("/var/cache/one");
  expect(cacheDirectory("/var/cache/two")).toBe("/var/cache/two");
});
