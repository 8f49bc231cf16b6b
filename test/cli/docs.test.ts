import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../cli/exit-code";
import { createProgram } from "../../cli/program";
import { projectRoot } from "../../engine/project-root";
import { codeBlocks } from "../docs/code-blocks";

const text = readFileSync(join(projectRoot(), "docs/cli.md"), "utf8");
const lines = codeBlocks(projectRoot())
  .flatMap(({ code }) => code.split("\n"))
  .filter((line) => line.startsWith("smarthost "));

/** The relay's commands; what they do is taken out, so that reading a line does nothing. */
function relayCommands(): readonly Command[] {
  const streams = { out: new PassThrough(), err: new PassThrough() };
  const relay = createProgram(streams, () => {}).commands.find((each) => each.name() === "relay");
  return relay?.commands ?? [];
}

describe("docs/cli.md", () => {
  it("has examples", () => {
    expect(lines.length).toBeGreaterThan(4);
  });

  it.each(lines)("has a command line that is accepted: %s", (line) => {
    const [, , name, ...argv] = line.split(" ");
    const command = relayCommands().find((each) => each.name() === name);
    command?.exitOverride().action(() => {});
    expect(command?.parse(argv, { from: "user" }).args).toEqual([]);
  });

  it("names every command, and every option of the queue and of the way there", () => {
    const commands = relayCommands();
    expect(commands.length).toBe(7);
    for (const command of commands) {
      expect(text).toMatch(new RegExp(`^\\| \`${command.name()}[ \`]`, "m"));
    }
    const options = commands.flatMap((each) => (each.name() === "queue" ? each.options : []));
    for (const { long } of options.filter(
      (option) => !["--cwd", "--ssh-config"].includes(option.long ?? ""),
    )) {
      expect(text).toContain(`\`${long}`);
    }
  });

  it("has every exit code", () => {
    for (const code of Object.values(EXIT)) {
      expect(text).toMatch(new RegExp(`^\\| ${code} +\\| `, "m"));
    }
  });
});
