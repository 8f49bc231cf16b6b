import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readApi, readVersion, writeApi } from "../../release/api/folder";

let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "smarthost-api-folder-"));
});
afterAll(() => rm(project, { recursive: true, force: true }));

it("keeps the API of the last release, and no file of an entry point that is gone since", async () => {
  const released = join(project, "released");
  expect(await readVersion(released)).toBeUndefined();
  expect(await readApi(released)).toEqual(new Map());

  const first = new Map([
    ["index.api.md", "one"],
    ["gone.api.md", "two"],
    ["p.schema.json", "{}"],
  ]);
  await writeApi(released, first, "0.1.0");
  expect(await readApi(released)).toEqual(first);

  const second = new Map([["index.api.md", "three"]]);
  await writeApi(released, second, "0.2.0");
  expect(await readApi(released)).toEqual(second);
  expect(await readVersion(released)).toBe("0.2.0");

  // The folder of the current API has that of the released one inside, which stays.
  await writeApi(project, first);
  await writeApi(project, second);
  expect(await readApi(released)).toEqual(second);
});
