import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../engine/project-root";
import { REPOSITORY } from "../../providers/sendgrid/repository";
import { API_FOLDER, RELEASED_FOLDER, VERSION_FILE } from "../../release/api/folder";
import { checkRelease, dateFaults, staleFaults } from "../../release/check";
import { manifestFaults, readManifest } from "../../release/manifest";

const root = projectRoot();
let last: string;
let version: string;

beforeAll(async () => {
  last = await mkdtemp(join(tmpdir(), "smarthost-released-"));
  ({ version } = await readManifest(root));
  await cp(join(root, API_FOLDER), last, { recursive: true });
});
afterAll(() => rm(last, { recursive: true, force: true }));

describe("what is generated from the types and schemas", () => {
  it("is what the code has: api/ and docs/reference; and the version says what changed since the last release", async () => {
    const { faults } = await checkRelease(root, RELEASED_FOLDER);
    expect(faults).toEqual([]);
  });

  it("is a fault where it is not", () => {
    const code = new Map([
      ["a.api.md", "new"],
      ["b.api.md", "same"],
      ["c.api.md", "more"],
    ]);
    const written = new Map([
      ["a.api.md", "old"],
      ["b.api.md", "same"],
      ["d.api.md", "less"],
    ]);
    expect(staleFaults(code, written).map(({ path }) => path)).toEqual([
      "api/a.api.md",
      "api/c.api.md",
      "api/d.api.md",
    ]);
  });
});

describe("the check of a release", () => {
  it("finds no change since a release of the same API", async () => {
    await writeFile(join(last, VERSION_FILE), `${version}\n`);
    expect(await checkRelease(root, last)).toMatchObject({ released: version, changes: [], faults: [] });
  });

  it("refuses a version that is too low for what was removed since the last one", async () => {
    const report = join(last, "index.api.md");
    const text = await readFile(report, "utf8");
    await writeFile(join(last, VERSION_FILE), `${version}\n`);
    await writeFile(report, text.replace("```ts\n", "```ts\nexport function gone(): void;\n"));
    try {
      const { changes, faults } = await checkRelease(root, last);
      expect(changes).toEqual([{ weight: "breaking", file: "index.api.md", path: "gone", what: "removed" }]);
      expect(faults).toMatchObject([{ path: "package.json: version", value: version }]);
    } finally {
      await writeFile(report, text);
    }
  });

  it("refuses a tag of another version, and another repository", async () => {
    const { faults } = await checkRelease(root, last, { tag: "v99.0.0", repository: "someone/else" });
    expect(faults).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: "the tag", value: "v99.0.0", next: `Make it "v${version}".` }),
        expect.objectContaining({ path: "REPOSITORY in providers/sendgrid/repository.ts" }),
      ]),
    );
  });
});

describe("the changelog of a release", () => {
  it("has the day, in place of (unreleased)", () => {
    const section = { version: "1.0.0", headings: [], notes: "" };
    expect(dateFaults([{ ...section, date: "2026-11-24" }])).toEqual([]);
    expect(dateFaults([{ ...section, date: "unreleased" }])).toMatchObject([
      { path: "CHANGELOG.md", value: "1.0.0", reason: "has no date" },
    ]);
  });
});

describe("the place of publication", () => {
  it("has to be the one that package.json and the schemas name", () => {
    const repository = {
      type: "git" as const,
      url: `git+https://github.com/${REPOSITORY}.git`,
    };
    const publication = { tag: `v${version}`, repository: REPOSITORY };
    expect(manifestFaults({ version, repository }, publication)).toEqual([]);
    expect(manifestFaults({ version }, publication).map(({ path }) => path)).toEqual([
      "package.json: repository.url",
    ]);
    expect(manifestFaults({ version: "99.0.0", repository }).map(({ path }) => path)).toEqual([
      "VERSION in providers/sendgrid/provider.ts",
    ]);
  });
});
