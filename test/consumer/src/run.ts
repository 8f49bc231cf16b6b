import { appendFileSync } from "node:fs";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { program } from "./program.js";

/** `preview` or `up` of the program, with settings from a JSON object; the engine's events go to a file, a line each. */
async function main([operation = "", settings = "{}", events = ""]: string[]): Promise<void> {
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", projectName: "consumer", program },
    { workDir: process.cwd(), pulumiCommand: await PulumiCommand.get() },
  );
  const values = Object.entries<string>(JSON.parse(settings));
  await stack.setAllConfig(Object.fromEntries(values.map(([key, value]) => [key, { value }])));
  const told = { onEvent: (event: object) => appendFileSync(events, `${JSON.stringify(event)}\n`) };
  await (operation === "up" ? stack.up(told) : stack.preview(told));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
