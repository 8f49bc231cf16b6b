import { join } from "node:path";
import { writeSdk } from "../../engine/generate-sdk";
import { projectRoot } from "../../engine/project-root";
import { sdkFiles } from "./sdk";

/** Brings sdks/sendgrid up to date with the provider's schema. */
async function main(): Promise<void> {
  const changed = await writeSdk(join(projectRoot(), "sdks", "sendgrid"), await sdkFiles(console.error));
  for (const { file, problem } of changed) console.log(`${problem}: ${file}`);
  console.log(
    changed.length === 0
      ? "sdks/sendgrid is up to date"
      : "sdks/sendgrid is written; build it with `npm run build:sdk`",
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
