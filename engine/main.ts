import { Command } from "commander";
import { cacheDirectory } from "./cache";
import { findEngine } from "./find-engine";

new Command("engine")
  .description("Finds the Pulumi CLI, or installs it into the cache, and says which one and why.")
  .option("--json", "print one JSON object on standard output")
  .option("--cache <folder>", `the cache folder (default: ${cacheDirectory()})`)
  .action(async (options: { json?: boolean; cache?: string }) => {
    const { version, source, path, reason } = await findEngine({
      cache: options.cache,
      onProgress: (line) => console.error(line),
    });
    console.log(
      options.json
        ? JSON.stringify({ version, source, path, reason })
        : `Pulumi ${version} at ${path}: ${reason}`,
    );
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
