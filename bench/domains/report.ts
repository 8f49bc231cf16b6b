import Table from "cli-table3";
import { BASE, type DomainsBenchmark, GOAL, type LayoutResult, meetsGoal } from "./domains";
import type { Layout } from "./layout";
import { type MeasuredStack, PHASES, type PhaseMeasures } from "./measure";

const TITLES: Record<Layout, string> = {
  "zone-each": "Each domain in a Cloudflare zone of its own",
  "one-zone": "All domains in one Cloudflare zone",
};

/** The measures as tables for a person. */
export function domainsReport(result: DomainsBenchmark): string {
  const { runs, surroundings, layouts } = result;
  const verdict = { true: "met", false: "missed", undefined: "not judged by these runs" }[
    `${meetsGoal(result)}`
  ];
  return [
    ...layouts.flatMap((layout) => [`${TITLES[layout.layout]}:`, times(layout), shares(layout)]),
    `The least of ${runs} runs each, every run in a fresh stack and account. The time per domain is without that of ` +
      "the stack with 0 domains.",
    surroundings.checkpoints
      ? "The engine wrote the whole state at each step, as it does with a file or a bucket as backend."
      : "The engine wrote the state once, at the end (PULUMI_SKIP_CHECKPOINTS): --checkpoints shows what a file or a bucket as backend adds.",
    `Goal: per domain at most ${GOAL} times that of ${BASE} domains; ${verdict}.`,
  ].join("\n");
}

function times({ empty, sizes }: LayoutResult): string {
  const head = ["domains", "resources", "preview", "per domain", "ratio", "up", "per domain", "ratio"];
  const table = plainTable([...head, "requests", "429"]);
  const total = ({ phases }: MeasuredStack, of: (phase: PhaseMeasures) => number) =>
    String(PHASES.reduce((sum, phase) => sum + of(phases[phase]), 0));
  const requests = (stack: MeasuredStack) => [
    total(stack, (phase) => phase.requests),
    total(stack, (phase) => phase.refused),
  ];
  table.push([
    ...["0", String(empty.resources), seconds(empty.phases.preview.milliseconds), "", ""],
    ...[seconds(empty.phases.up.milliseconds), "", "", ...requests(empty)],
  ]);
  for (const size of sizes)
    table.push([
      String(size.domains),
      String(size.resources),
      ...PHASES.flatMap((phase) => [
        seconds(size.phases[phase].milliseconds),
        `${Math.round(size.perDomain[phase].milliseconds)} ms`,
        size.perDomain[phase].ratio.toFixed(2),
      ]),
      ...requests(size),
    ]);
  return table.toString();
}

/** Who used the processor, and the plug-ins' memory. */
function shares({ empty, sizes }: LayoutResult): string {
  const parts = ["engine", "program", "plugin", "substitutes"] as const;
  const table = plainTable(["domains", "processor time", ...parts, "plug-in's memory"]);
  for (const { domains, phases, pluginPeakBytes } of [empty, ...sizes])
    for (const phase of PHASES)
      table.push([
        String(domains),
        phase,
        ...parts.map((part) => seconds(phases[phase].cpuMs[part])),
        ...(phase === "up" ? [`${(pluginPeakBytes / 1e6).toFixed(0)} MB`] : [""]),
      ]);
  return table.toString();
}

function plainTable(head: string[]) {
  return new Table({ head, style: { head: [], border: [] } });
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
