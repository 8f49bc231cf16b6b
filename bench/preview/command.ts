import type { Command } from "commander";
import { findEngine } from "../../engine/find-engine";
import { count } from "../numbers";
import { benchmarkPreview } from "./preview";
import { previewTable } from "./table";

interface PreviewFlags {
  runs?: number;
  domains?: number;
  quick?: boolean;
  json?: boolean;
}

const USUAL = { runs: 7, domains: 200 };
const QUICK = { runs: 1, domains: 10 };

/** `npm run bench -- preview`: about four minutes, and one with --quick. */
export function addPreviewCommand(program: Command): void {
  program
    .command("preview")
    .description(
      "The preview of the whole stack, against the substitutes, beside an empty program's; and its report. Cold as root on Linux.",
    )
    .option("--runs <number>", `how many of each, warm and cold (${USUAL.runs})`, count)
    .option("--domains <number>", `domains of the large preview that is reported (${USUAL.domains})`, count)
    .option("--quick", "one run, a small large preview: shows that it works, measures little")
    .option("--json", "print one JSON object; progress goes to stderr")
    .action(async ({ json, quick, ...given }: PreviewFlags) => {
      const onRun = (line: string) => console.error(line);
      const engine = await findEngine({ onProgress: onRun });
      const result = await benchmarkPreview(engine, { ...(quick ? QUICK : USUAL), ...given, onRun });
      console.log(json ? JSON.stringify(result) : previewTable(result));
    });
}
