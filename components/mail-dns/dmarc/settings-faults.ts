import type { Fault } from "../../faults";
import type { DmarcFailureReporting, DmarcSettings } from "./settings";

const POLICIES = ["none", "quarantine", "reject"] as const;
const ALIGNMENTS = ["relaxed", "strict"] as const;
const OCCASIONS: readonly DmarcFailureReporting[] = ["all-fail", "any-fail", "dkim", "spf"];

/** Words that the settings do not know. They can come from a file, which no compiler has checked. */
export function wordFaults(settings: DmarcSettings, path: string): Fault[] {
  const words: [property: keyof DmarcSettings, kind: string, allowed: readonly string[]][] = [
    ["policy", "a DMARC policy", POLICIES],
    ["subdomainPolicy", "a DMARC policy", POLICIES],
    ["nonexistentSubdomainPolicy", "a DMARC policy", POLICIES],
    ["dkimAlignment", "an alignment mode", ALIGNMENTS],
    ["spfAlignment", "an alignment mode", ALIGNMENTS],
  ];
  return words.flatMap(([property, kind, allowed]) => {
    const value = settings[property];
    return value === undefined || allowed.includes(String(value))
      ? []
      : [
          {
            path: `${path}.${property}`,
            value: String(value),
            reason: `is not ${kind}`,
            next: `Use one of ${allowed.join(", ")}.`,
          },
        ];
  });
}

/**
 * Occasions for failure reports that are unknown, repeated or exclude each other (RFC 9989 section 4.8,
 * dmarc-fo).
 */
export function failureReportingFaults(options: readonly DmarcFailureReporting[], path: string): Fault[] {
  const faults: Fault[] = [];
  const allowed: readonly string[] = OCCASIONS;
  const add = (value: string, reason: string, next: string) => faults.push({ path, value, reason, next });
  options.forEach((option, index) => {
    if (!allowed.includes(option)) {
      add(String(option), "is no occasion for failure reports", `Use one of ${allowed.join(", ")}.`);
    } else if (options.indexOf(option) !== index) {
      add(option, "is listed twice (RFC 9989 section 4.8)", "Remove one.");
    }
  });
  if (options.includes("all-fail") && options.includes("any-fail")) {
    add(
      "all-fail, any-fail",
      "exclude each other (RFC 9989 section 4.7)",
      "Keep any-fail, which reports more.",
    );
  }
  return faults;
}
