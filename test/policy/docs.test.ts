import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { projectRoot } from "../../engine/project-root";
import { rules } from "../../policy/rules";
import { ruleTable, settingTable } from "../../policy/tables";
import { codeBlocks } from "../docs/code-blocks";

const page = join(projectRoot(), "docs/policy.md");
const written = readFileSync(page, "utf8");

describe("docs/policy.md", () => {
  it("has the tables of the rules and their settings; written anew by vitest -u", async () => {
    const expected = filled(filled(written, "rules", ruleTable(rules)), "settings", settingTable(rules));
    await expect(expected).toMatchFileSnapshot(page);
  });

  it("has a configuration that names rules and has settings that they accept", async () => {
    const [example] = codeBlocks(projectRoot()).filter(
      ({ file, language }) => file === "docs/policy.md" && language === "text",
    );
    const config = z
      .record(
        z.string(),
        z.union([z.enum(["advisory", "mandatory", "disabled"]), z.record(z.string(), z.unknown())]),
      )
      .parse(JSON.parse(example?.code ?? ""));
    for (const [name, settings] of Object.entries(config).filter(([name]) => name !== "all")) {
      const rule = rules.find((each) => each.name === name);
      expect(rule, name).toBeDefined();
      if (typeof settings === "object") {
        expect(Object.keys(rule?.settings.shape ?? {})).toEqual(
          expect.arrayContaining(Object.keys(settings)),
        );
        expect(await rule?.check([], settings)).toEqual([]);
      }
    }
  });
});

describe("the policy pack", () => {
  it("has rules that are named and described alike", () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    for (const { name, title, description, remediation } of rules) {
      expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(title, name).toMatch(/^[A-Z].*[^.]$/);
      expect(description, name).toMatch(/^[A-Z].*\.$/);
      expect(remediation, name).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("has the package's version", () => {
    const versionOf = (file: string) =>
      z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(projectRoot(), file), "utf8")))
        .version;
    expect(versionOf("policy/package.json")).toBe(versionOf("package.json"));
  });
});

/** The page with what is between the two comments replaced. */
function filled(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest, ...more] = text.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined || more.length > 0) {
    throw new Error(`docs/policy.md needs ${start} and ${end} once`);
  }
  return `${before}${start}\n\n${content}\n\n${end}${after}`;
}
