import type { Finding } from "../../components/mail-dns/finding";
import type { DoctorWorld } from "./doctor-world";
import type { Subject } from "./subject";

export type { Finding } from "../../components/mail-dns/finding";
export type { DoctorWorld } from "./doctor-world";

/** `ok`: nothing to do. `skipped`: it could not be looked at, and the summary says why and what would help. */
export type CheckStatus = "ok" | "warning" | "error" | "skipped";

/** What a check came to. */
export interface CheckResult {
  /** The gravest of its findings; `info` findings leave it `ok`. */
  status: CheckStatus;
  /** `path` names what was looked at: a record's name, `smtp.sendgrid.net:587`, a key. Each ends in the next action. */
  findings: Finding[];
  /** What was looked at and found, in half a line: "3 records, as 3 resolvers and 2 name servers see them". */
  summary: string;
}

/** One look at the world. It changes nothing anywhere. */
export interface Check {
  /** For `--only` and `--skip`: lower case, hyphens, such as `dns-records`. */
  name: string;
  /** What it looks at, for people, such as "DNS records". */
  title: string;
  /**
   * Looks. What the world refuses is a finding or `skipped`; a rejection is a fault of the check itself, and is shown
   * beside the results of the others.
   */
  run(subject: Subject, world: DoctorWorld): Promise<CheckResult>;
}

/** The result that the findings make: the gravest one decides. */
export function resultOf(findings: Finding[], summary: string): CheckResult {
  const has = (severity: Finding["severity"]) => findings.some((finding) => finding.severity === severity);
  return { status: has("error") ? "error" : has("warning") ? "warning" : "ok", findings, summary };
}

/** The result of a check that had nothing to look at, or was not allowed to. @param why a sentence, with what to do */
export function skipped(why: string): CheckResult {
  return { status: "skipped", findings: [], summary: why };
}
