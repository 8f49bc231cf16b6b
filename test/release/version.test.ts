import { describe, expect, it } from "vitest";
import type { ApiChange, Weight } from "../../release/api/change";
import { compareApis } from "../../release/api/compare";
import { leastVersion, versionFaults } from "../../release/api/least-version";
import { parseChangelog } from "../../release/changelog";

const change = (weight: Weight): ApiChange => ({
  weight,
  file: "index.api.md",
  path: "Args",
  what: "changed",
});

describe("the least version", () => {
  it.each<[released: string, weights: Weight[], least: string]>([
    ["1.4.2", [], "1.4.3"],
    ["1.4.2", ["feature"], "1.5.0"],
    ["1.4.2", ["feature", "breaking"], "2.0.0"],
    ["0.3.1", [], "0.3.2"],
    ["0.3.1", ["feature"], "0.4.0"],
    ["0.3.1", ["breaking"], "0.4.0"],
  ])("after %s with %j is %s", (released, weights, least) => {
    expect(leastVersion(released, weights.map(change))).toBe(least);
  });

  it("is a patch's where only the documentation has changed", () => {
    const api = (comment: string) =>
      new Map([["index.api.md", `\`\`\`ts\n// ${comment}\nexport type A = 1;\n\`\`\`\n`]]);
    expect(leastVersion("1.0.0", compareApis(api("Old."), api("New.")))).toBe("1.0.1");
  });

  it("is a major one's where an entry point is gone, and a minor one's where one is new", () => {
    const api = new Map([["index.api.md", "```ts\nexport type A = 1;\n```\n"]]);
    expect(leastVersion("1.0.0", compareApis(api, new Map()))).toBe("2.0.0");
    expect(leastVersion("1.0.0", compareApis(new Map(), api))).toBe("1.1.0");
  });
});

describe("the check of version and changelog", () => {
  const changelog = (version: string, ...headings: string[]) =>
    parseChangelog(
      `# Changelog\n\n## ${version} (unreleased)\n\n${headings.map((each) => `### ${each}\n\n- Something.\n`).join("\n")}`,
    );
  const faults = (released: string | undefined, weights: Weight[], version: string, ...headings: string[]) =>
    versionFaults({
      released,
      changes: weights.map(change),
      version,
      changelog: changelog(version, ...headings),
    }).map(({ path, reason }) => `${path} ${reason}`);

  it("takes a version that says what has changed", () => {
    expect(faults("1.4.2", [], "1.4.3", "Fixed")).toEqual([]);
    expect(faults("1.4.2", ["feature"], "1.5.0", "Added")).toEqual([]);
    expect(faults("1.4.2", ["breaking", "feature"], "2.0.0", "Removed", "Added")).toEqual([]);
    expect(faults("0.3.1", ["breaking"], "0.4.0", "Changed")).toEqual([]);
  });

  it("takes a version that is higher than it has to be, and any before the first release", () => {
    expect(faults("1.4.2", [], "2.0.0")).toEqual([]);
    expect(faults(undefined, ["breaking"], "0.1.0")).toEqual([]);
  });

  it("refuses one that is too low", () => {
    expect(faults("1.4.2", ["feature"], "1.4.3", "Added")).toEqual([
      "package.json: version the changes since 1.4.2 ask for 1.5.0 at least",
    ]);
    expect(faults("1.4.2", ["breaking"], "1.5.0", "Changed")).toEqual([
      "package.json: version the changes since 1.4.2 ask for 2.0.0 at least",
    ]);
  });

  it("refuses a change under the released version, which nobody could tell from it", () => {
    expect(faults("1.4.2", ["feature"], "1.4.2", "Added")).toEqual([
      "package.json: version 1.4.2 is released, and the public API has changed since",
    ]);
    expect(faults("1.4.2", [], "1.4.2")).toEqual([]);
  });

  it("refuses a changelog that does not say what was added or broken", () => {
    expect(faults("1.4.2", ["feature"], "1.5.0", "Fixed")).toEqual([
      "CHANGELOG.md something was added, and its section does not say so",
    ]);
    expect(faults("1.4.2", ["breaking"], "2.0.0", "Added")).toEqual([
      "CHANGELOG.md something was removed or changed, and its section does not say so",
    ]);
  });

  it("refuses a changelog whose newest section is another version's", () => {
    expect(versionFaults({ changes: [], version: "1.0.1", changelog: changelog("1.0.0") })).toEqual([
      {
        path: "CHANGELOG.md",
        value: "1.0.0",
        reason: "its newest section is not of package.json's version 1.0.1",
        next: 'Begin it with "## 1.0.1 (unreleased)".',
      },
    ]);
  });
});

describe("the changelog", () => {
  it("is read into versions, with what stands below each", () => {
    const text =
      "# Changelog\n\nWords.\n\n## 0.2.0 (unreleased)\n\n### Added\n\n- One.\n\n## 0.1.0 (2026-11-24)\n\nFirst.\n";
    expect(parseChangelog(text)).toEqual([
      { version: "0.2.0", date: "unreleased", headings: ["Added"], notes: "### Added\n\n- One." },
      { version: "0.1.0", date: "2026-11-24", headings: [], notes: "First." },
    ]);
  });

  it("is refused with a heading of another form", () => {
    expect(() => parseChangelog("## v1.0.0\n")).toThrow(
      'CHANGELOG.md: "## v1.0.0" is no heading of a version.',
    );
  });
});
