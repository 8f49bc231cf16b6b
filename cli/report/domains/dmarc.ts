import { describeDmarcChange } from "../../../components/mail-dns/dmarc/changes";
import { type DmarcPolicy, parseDmarc } from "../../../components/mail-dns/dmarc/record";
import { CONSEQUENCE, ONE_LEVEL_LOWER } from "../../../components/mail-dns/dmarc/settings-findings";
import { isDmarcRecord } from "../../../components/mail-dns/dmarc/tag-list";
import type { DmarcReport, ReportFinding } from "../report";
import type { PreviewedDns, Published } from "./published";

const STRENGTH: Record<DmarcPolicy, number> = { none: 0, quarantine: 1, reject: 2 };

interface Policy {
  /** As the record says it. */
  stated: DmarcPolicy;
  /** What receivers apply: one level lower in test mode. */
  applied: DmarcPolicy;
  isTest: boolean;
}

/** What happens to the DMARC policy at a name, or undefined where it does not change. */
export function dmarcReport(
  name: string,
  { before, after }: PreviewedDns,
): { report: DmarcReport; findings: ReportFinding[] } | undefined {
  const [was, is] = [texts(before, name), texts(after, name)];
  const isUnknown = is.length === 0 && after.hasUnknownText(name);
  if (was.join("\n") === is.join("\n") && !isUnknown) {
    return undefined;
  }
  // Several records are none at all (RFC 9989 section 4.10).
  const [old, next] = [was, is].map((all) => (all.length === 1 ? policyOf(all[0], name) : undefined));
  return {
    report: {
      name,
      before: old?.stated,
      after: next?.stated,
      summary: summary(old, next, was.length > 0, isUnknown),
      consequence: isUnknown
        ? "What receivers do with mail that fails is known after the update."
        : consequence(next, is.length > 0),
    },
    findings: isUnknown ? [] : findingsOf(name, was, is, old, next),
  };
}

function texts(published: Published, name: string): string[] {
  return published.texts(name).filter(isDmarcRecord).toSorted();
}

function policyOf(text: string | undefined, name: string): Policy | undefined {
  const { record, policies } = text === undefined ? {} : parseDmarc(text, name);
  if (!record || !policies) {
    return undefined;
  }
  const isTest = record.t === "y";
  return { stated: policies.p, applied: isTest ? ONE_LEVEL_LOWER[policies.p] : policies.p, isTest };
}

function summary(
  old: Policy | undefined,
  next: Policy | undefined,
  was: boolean,
  isUnknown: boolean,
): string {
  const shown = (policy: Policy | undefined) =>
    policy ? `p=${policy.stated}${policy.isTest ? " in test mode" : ""}` : "no policy";
  const [from, to] = [shown(old), isUnknown ? "(known after the update)" : shown(next)];
  if (!was && !old) {
    return to;
  }
  return from === to ? `${to}, other tags change` : `${from} → ${to}`;
}

function consequence(next: Policy | undefined, isThere: boolean): string {
  if (next) {
    const { applied } = next;
    return sentence(CONSEQUENCE[applied]);
  }
  return isThere
    ? "Receivers ignore what is published, and treat mail as without DMARC."
    : "Receivers treat mail as without DMARC, unless a domain above has a policy for it.";
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function findingsOf(
  name: string,
  was: readonly string[],
  is: readonly string[],
  old: Policy | undefined,
  next: Policy | undefined,
): ReportFinding[] {
  const [text] = is;
  if (text === undefined) {
    const message =
      "the DMARC record is removed: mail of others under this domain is no longer held back or reported";
    return [{ severity: "warning", path: name, message, next: "Keep the record, at least with p=none." }];
  }
  if (is.length > 1) {
    const message = `has ${is.length} DMARC records after the update, and receivers ignore all of them (RFC 9989 section 4.10)`;
    return [{ severity: "error", path: name, message, next: "Keep one of them." }];
  }
  const isWeaker = old !== undefined && next !== undefined && STRENGTH[next.applied] < STRENGTH[old.applied];
  return describeDmarcChange(was.length === 1 ? was[0] : undefined, text, name).map((finding) =>
    // A preview is where somebody can still ask why.
    isWeaker && finding.message.startsWith("the domain: ") ? { ...finding, severity: "warning" } : finding,
  );
}
