import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Command } from "commander";
import { expect, it } from "vitest";
import { CHECK_NAMES } from "../../cli/doctor/check-names";
import { CHECKS } from "../../cli/doctor/checks";
import { addDoctor } from "../../cli/doctor/command-line";
import { projectRoot } from "../../engine/project-root";

const text = readFileSync(join(projectRoot(), "docs/doctor.md"), "utf8");

it("the help's names are those of the checks", () => {
  expect(CHECK_NAMES).toEqual(CHECKS.map(({ name }) => name));
});

it("docs/doctor.md has a row for every check, in their order", () => {
  const rows = [...text.matchAll(/^\| `([a-z][a-z0-9-]*)` +\| /gm)].map(([, name]) => name);
  expect(rows).toEqual(CHECKS.map(({ name }) => name));
});

it("docs/doctor.md names every option", () => {
  const program = new Command();
  addDoctor(program, { out: new PassThrough(), err: new PassThrough() }, () => {});
  const options = program.commands.flatMap((command) => command.options.map(({ long }) => long ?? ""));
  expect(options.length).toBeGreaterThan(10);
  for (const option of options) {
    expect(text).toContain(option);
  }
});
