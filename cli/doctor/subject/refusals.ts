import type { Preview } from "../../../mail-resources/preview";
import type { Finding } from "../check";

/** One fault as `describeFaults` writes it: path, value, reason and next action in a line of a list. */
const FAULT = /^\s*- (?<path>[^\s:]+):(?: (?<value>"(?:[^"\\]|\\.)*"))? (?<text>.+)$/;
/** A next action begins with one of these words, in the imperative. */
const NEXT =
  /\. (?=(?:Set|Choose|Delete|Merge|Give|Remove|Use|Change|Correct|Add|Have|Publish|Keep|Leave|Try) )/;

/**
 * What a preview refused, as findings, each once: the same refusal is told for the resource and for the stack. Faults
 * of settings that are listed in one message become one finding each, with their own next action.
 */
export function refusalFindings(diagnostics: Preview["diagnostics"]): Finding[] {
  const findings = diagnostics
    .filter(({ severity }) => severity === "error")
    .flatMap(({ message, urn }) => findingsIn(message, urn?.split("::").at(-1) ?? "preview"));
  const keys = findings.map(({ path, message }) => `${path} ${message}`);
  return findings.filter((_, index) => keys.indexOf(keys[index] ?? "") === index);
}

function findingsIn(text: string, subject: string): Finding[] {
  const faults = text.split("\n").flatMap((line) => {
    const { path, value, text: said } = FAULT.exec(line)?.groups ?? {};
    return path === undefined || said === undefined ? [] : [faultFinding(path, value, said)];
  });
  if (faults.length > 0) {
    return faults;
  }
  const first = text.trim().split("\n")[0] ?? "";
  return isEcho(first)
    ? []
    : [
        {
          severity: "error",
          path: subject,
          message: first.replace(/\.$/, ""),
          next: "Mend it and preview again.",
        },
      ];
}

function faultFinding(path: string, value: string | undefined, said: string): Finding {
  const cut = NEXT.exec(said);
  const reason = cut === null ? said.replace(/\.$/, "") : said.slice(0, cut.index);
  const next = cut === null ? "Correct it and preview again." : said.slice(cut.index + 2);
  return { severity: "error", path, message: value === undefined ? reason : `${value} ${reason}`, next };
}

/** What only says that something else was refused. */
function isEcho(line: string): boolean {
  return (
    line === "" ||
    /^(preview|update) failed\b/.test(line) ||
    /not published, because other records of the component are refused/.test(line) ||
    /^Running program .* failed/.test(line)
  );
}
