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

/** The command line; what its commands do is taken out, so that reading a line does nothing. */
function commandLine(): Command {
  const streams = { out: new PassThrough(), err: new PassThrough() };
  const program = createProgram(streams, () => {});
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    if (command.commands.length === 0) {
      command.action(() => {});
    }
  }
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function relayCommands(): readonly Command[] {
  return commandLine().commands.find((each) => each.name() === "relay")?.commands ?? [];
}

describe("the documentation's command lines", () => {
  it("has examples", () => {
    expect(lines.length).toBeGreaterThan(4);
  });

  it.each(lines)("are accepted: %s", (line) => {
    const [, ...argv] = line.split(" ");
    expect(() => commandLine().parse(argv, { from: "user" })).not.toThrow();
  });
});

describe("docs/cli.md", () => {
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
