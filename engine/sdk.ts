import { join } from "node:path";
import { Command } from "commander";
import { packageSchema } from "../providers/kit";
import { sendgridProvider } from "../providers/sendgrid/provider";
import { generateSdk, staleFiles, writeSdk } from "./generate-sdk";
import { projectRoot } from "./project-root";
import { asWorkspace } from "./sdk-package";

new Command("sdk")
  .description("Generates sdks/sendgrid from the SendGrid provider's schema.")
  .option("--check", "change nothing; list the files that are out of date and end with 1")
  .action(async ({ check }: { check?: boolean }) => {
    const directory = join(projectRoot(), "sdks", "sendgrid");
    const generated = asWorkspace(
      await generateSdk({
        schema: packageSchema(sendgridProvider()),
        onProgress: (line) => console.error(line),
      }),
    );
    const stale = await (check ? staleFiles : writeSdk)(directory, generated);
    for (const { file, problem } of stale) console.log(`${join("sdks/sendgrid", file)}: ${problem}`);
    if (stale.length === 0) console.log("sdks/sendgrid is up to date.");
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
