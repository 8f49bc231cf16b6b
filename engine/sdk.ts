import { join } from "node:path";
import { Command } from "commander";
import { packageSchema } from "../providers/kit";
import { sendgridProvider } from "../providers/sendgrid/provider";
import { generateSdk, staleFiles, writeFolder } from "./generate-sdk";
import { projectRoot } from "./project-root";
import { asWorkspace } from "./sdk-package";

new Command("sdk")
  .description("Generates sdks/sendgrid from the SendGrid provider's schema.")
  .option("--check", "change nothing; list the files that are out of date and end with 1")
  .action(async ({ check }: { check?: boolean }) => {
    const schema = packageSchema(sendgridProvider());
    const folders = new Map([
      [
        "sdks/sendgrid",
        asWorkspace(await generateSdk({ schema, onProgress: (line) => console.error(line) })),
      ],
    ]);
    const stale: string[] = [];
    for (const [folder, generated] of folders) {
      const differences = await (check ? staleFiles : writeFolder)(join(projectRoot(), folder), generated);
      stale.push(...differences.map(({ file, problem }) => `${join(folder, file)}: ${problem}`));
    }
    for (const line of stale) console.log(line);
    if (stale.length === 0) console.log(`${[...folders.keys()].join(" and ")} are up to date.`);
    else if (check) {
      console.error("Next: run `npm run sdk` and commit what it changes.");
      process.exitCode = 1;
    }
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
