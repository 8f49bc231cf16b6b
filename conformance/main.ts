import { Command } from "commander";
import { findEngine } from "../engine/find-engine";
import { checkConformance } from "./conformance";
import { print, violationsOf } from "./print";

new Command("npm run conformance --")
  .description(
    "Compares the substitute providers with the real ones' schemas, and what the SendGrid provider and the emulated " +
      "API say to each other with SendGrid's OpenAPI files. Neither is part of this project.",
  )
  .requiredOption("--schemas <folder>", "has aws.json and cloudflare.json, the real providers' schemas")
  .requiredOption("--openapi <folder>", "has SendGrid's OpenAPI files")
  .option("--json", "print one JSON object; progress goes to stderr")
  .action(async ({ schemas, openapi, json }: { schemas: string; openapi: string; json?: boolean }) => {
    const onStep = (what: string) => console.error(what);
    const engine = await findEngine({ onProgress: onStep });
    const report = await checkConformance({ engine, schemas, openapi, onStep });
    console.log(json ? JSON.stringify(report) : print(report));
    process.exitCode = violationsOf(report).length > 0 ? 1 : 0;
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
