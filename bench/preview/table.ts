import Table from "cli-table3";
import type { Spread } from "../statistics";
import { type Comparison, GOAL, type Measured, type PreviewBenchmark } from "./preview";

const NOT_MEASURED = "cold: not measured, needs root on Linux";

/** The measures as tables for a person. */
export function previewTable({ runs, warm, cold, domains }: PreviewBenchmark): string {
  const previews = plainTable(["program", "creates", "whole process", "preview alone"]);
  const reports = plainTable(["smarthost report of", "process", "beside the preview alone"]);
  const many = `${domains.domains} domains`;
  const add = (temperature: "warm" | "cold", measured: Comparison, share: string) => {
    previews.push(...previewRows(temperature, measured));
    reports.push(
      [`stack, ${temperature}`, milliseconds(measured.reports.stack), percent(measured.reportShare)],
      [`${many}, ${temperature}`, milliseconds(measured.reports.domains), share],
      [`${many} / stack`, measured.reportRatio.toFixed(2), ""],
    );
  };
  add("warm", warm, percent(domains.reportShare));
  if (cold) add("cold", cold, "");
  else for (const table of [previews, reports]) table.push([NOT_MEASURED]);
  const verdicts = [verdict("warm", warm), ...(cold ? [verdict("cold", cold)] : [])].join(", ");
  return [
    previews.toString(),
    reports.toString(),
    `Medians of ${runs} runs each, least and most in brackets. Goal: at most ${GOAL} times an empty program; ${verdicts}.`,
    `The preview of ${many} took ${(domains.previewMs / 1000).toFixed(1)} s, once and warm. Reports asked no DNS server.`,
  ].join("\n");
}

function previewRows(
  temperature: "warm" | "cold",
  { empty, stack, ratio, previewRatio }: Comparison,
): string[][] {
  const row = (name: string, { process: whole, preview, creates }: Measured) => [
    `${name}, ${temperature}`,
    String(creates),
    milliseconds(whole),
    milliseconds(preview),
  ];
  return [
    row("empty", empty),
    row("stack", stack),
    ["stack / empty", "", ratio.toFixed(2), previewRatio.toFixed(2)],
  ];
}

function verdict(temperature: "warm" | "cold", { ratio }: Comparison): string {
  return `${temperature} ${ratio <= GOAL ? "met" : "missed"}`;
}

function plainTable(head: string[]) {
  return new Table({ head, style: { head: [], border: [] } });
}

function milliseconds({ median, min, max }: Spread): string {
  const [middle, least, most] = [median, min, max].map((value) => Math.round(value));
  return `${middle} ms (${least}–${most})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
