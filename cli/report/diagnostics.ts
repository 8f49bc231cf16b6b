import type { Diagnostic, Preview } from "../../mail-resources/preview";
import { nameOfUrn, typeOfUrn } from "../../mail-resources/resource";
import { compareText } from "./compare-text";
import type { ReportFinding } from "./report";

/** Longer texts, such as a program's stack trace, are cut. */
const LONGEST = 1_000;
/** Types that have to do with mail. */
const MAIL = /^(smarthost|sendgrid):|:(DnsRecord|RecordSet)$|^aws:route53\/record:Record$/;
/** What says no more than the other errors do. */
const EMPTY =
  /^(preview failed|update failed|one or more errors occurred|.*not published, because other records of the component are refused)\.?$/i;
/** What the engine puts before a refusal of the module's own. */
const HOOK = /^Preview failed: before hook "[^"]*" failed: /;

/**
 * What the program, the providers and the engine said: all errors, warnings about mail, and facts about what changes.
 *
 * @param said messages of the report's own findings, which are not repeated
 */
export function diagnosticFindings(
  { diagnostics, changes }: Preview,
  said: readonly ReportFinding[],
): ReportFinding[] {
  const moving = new Set(
    changes
      .filter(({ operation }) => operation !== "same" && operation !== "read")
      .flatMap(({ before, after, urn }) => [urn, before?.parent, after?.parent]),
  );
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const isTold = ({ severity, urn, message }: Diagnostic): boolean => {
    if (severity === "error") {
      return !EMPTY.test(message) || errors.every((each) => EMPTY.test(each.message));
    }
    const isMail = urn !== undefined && (MAIL.test(typeOfUrn(urn)) || urn.includes("smarthost:index:"));
    return isMail && (severity === "warning" || moving.has(urn));
  };
  return diagnostics
    .filter(isTold)
    .filter(({ message }) => !said.some((finding) => message.includes(finding.message)))
    .flatMap(asFindings)
    .toSorted((one, other) => compareText(textOfFinding(one), textOfFinding(other)));
}

/** The engine tells in the order in which resources come along, which differs from run to run. */
function textOfFinding({ subject = "", path, message }: ReportFinding): string {
  return [subject, path, message].join("\n");
}

/** The settings' faults are a list with a line each (`describeFaults` of components/faults.ts). */
const FAULT_LIST = /^(.+): \d+ faults? in the settings;/;
const FAULT_LINE = /^ {2}- (.+)$/gm;
/** `path: message. What to do.` */
const FINDING = /^(?<path>[\w.[\]/-]+): (?<message>.+?)\. (?<next>[A-Z].*)$/s;

function asFindings({ urn, severity, message: given }: Diagnostic): ReportFinding[] {
  const message = given.replace(HOOK, "");
  const [, list] = FAULT_LIST.exec(message) ?? [];
  if (list !== undefined) {
    // The list is that of a component; the resource at which it was found is any of its own.
    const lines = [...message.matchAll(FAULT_LINE)].map(([, line = ""]) => line);
    return lines.map((line) => asFinding(line, { severity, subject: list }));
  }
  return [asFinding(message, { severity, urn, subject: urn === undefined ? undefined : nameOfUrn(urn) })];
}

function asFinding(text: string, about: Pick<ReportFinding, "severity" | "urn" | "subject">): ReportFinding {
  const { path, message, next } = FINDING.exec(text)?.groups ?? {};
  return path !== undefined && message !== undefined && next !== undefined
    ? { ...about, path, message, next }
    : { ...about, path: about.subject ?? "preview", message: cut(text), next: NEXT[about.severity] };
}

const NEXT: Record<Diagnostic["severity"], string> = {
  error: "Mend it, and run the preview again.",
  warning: "Check whether it is meant.",
  info: "Nothing to do.",
};

function cut(text: string): string {
  const plain = text.trim().replace(/\.$/, "");
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
