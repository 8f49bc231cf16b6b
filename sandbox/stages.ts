import { ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";

/** How stages are shown: a live list in a terminal, plain lines elsewhere, each with its time. */
export function stageOptions({ json }: { json: boolean }) {
  const timer = PRESET_TIMER;
  // Standard output belongs to the report when that is read by a script.
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  return {
    renderer: json ? ("simple" as const) : ("default" as const),
    rendererOptions: json ? { logger, timer } : { timer, collapseErrors: false },
    // A signal is ours to answer: the library would end the process, and leave everything that was made.
    registerSignalListeners: false,
    fallbackRenderer: "simple" as const,
    fallbackRendererOptions: { timer },
  };
}
