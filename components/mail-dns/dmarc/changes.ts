import type { Finding } from "../finding";
import {
  type DmarcPolicies,
  type DmarcPolicy,
  type DmarcRecord,
  type ParsedDmarc,
  parseDmarc,
} from "./record";
import { CONSEQUENCE, ONE_LEVEL_LOWER } from "./settings-findings";

const STRENGTH: Record<DmarcPolicy, number> = { none: 0, quarantine: 1, reject: 2 };
const SCOPES = [
  ["p", "the domain"],
  ["sp", "existing subdomains"],
  ["np", "subdomains that do not exist"],
] as const;

/**
 * What a step from one published record to another changes for receivers, for a preview and for a report.
 * Only what has an effect is told: a default that becomes explicit is no change. Never throws.
 * @param before the text in the DNS now; undefined where there is none
 * @param after the text to be published
 * @param path of the findings, such as `dmarc`
 */
export function describeDmarcChange(before: string | undefined, after: string, path = "dmarc"): Finding[] {
  const now = parseDmarc(after, path);
  const was = before === undefined ? undefined : parseDmarc(before, path);
  const info = (message: string, next: string): Finding => ({ severity: "info", path, message, next });
  if (!now.record || !now.policies) {
    return now.findings.filter(({ severity }) => severity === "error");
  }
  if (!was?.record || !was.policies) {
    const had = before === undefined ? "there was no DMARC record" : "receivers ignored the DMARC record";
    const message = `${had}: from now on ${CONSEQUENCE[appliedPolicies(now.policies, now.record).p]}`;
    return [
      info(message, "Watch the reports for mail of yours that fails."),
      ...policyChanges(undefined, appliedPolicies(now.policies, now.record), path),
    ];
  }
  return [
    ...policyChanges(
      appliedPolicies(was.policies, was.record),
      appliedPolicies(now.policies, now.record),
      path,
    ),
    ...modeChanges(was.record, now.record, path),
    ...reportChanges(was, now, path),
  ];
}

/** What receivers do once test mode is taken into account. */
function appliedPolicies(policies: DmarcPolicies, record: DmarcRecord): DmarcPolicies {
  const { p, sp, np } = policies;
  return record.t === "y"
    ? { p: ONE_LEVEL_LOWER[p], sp: ONE_LEVEL_LOWER[sp], np: ONE_LEVEL_LOWER[np] }
    : policies;
}

function policyChanges(was: DmarcPolicies | undefined, now: DmarcPolicies, path: string): Finding[] {
  return SCOPES.flatMap(([tag, whom]) => {
    const [from, to] = [was?.[tag] ?? "none", now[tag]];
    // A subdomain policy that moves with the domain's is said once.
    const moves = tag !== "p" && from === (was?.p ?? "none") && to === now.p;
    if (from === to || moves || (was === undefined && tag === "p")) {
      return [];
    }
    const isStricter = STRENGTH[to] > STRENGTH[from];
    return [
      {
        severity: isStricter && to === "reject" ? "warning" : "info",
        path,
        message: `${whom}: ${from} → ${to}; ${CONSEQUENCE[to]}`,
        next: isStricter
          ? "Check in the reports that all your mail passes before it is published."
          : "Check that mail which fails is meant to get through again.",
      },
    ];
  });
}

function modeChanges(was: DmarcRecord, now: DmarcRecord, path: string): Finding[] {
  const modes = [
    ["adkim", "DKIM domain", "dkimAlignment"],
    ["aspf", "return path's domain", "spfAlignment"],
  ] as const;
  const findings = modes.flatMap(([tag, what, setting]): Finding[] => {
    const [from, to] = [was[tag] ?? "r", now[tag] ?? "r"];
    if (from === to) {
      return [];
    }
    const isStrict = to === "s";
    return [
      {
        severity: isStrict ? "warning" : "info",
        path: `${path}.${setting}`,
        message: isStrict
          ? `the ${what} has to be the From domain from now on; one of the same organization no longer aligns`
          : `the ${what} aligns from now on when it is of the From domain's organization`,
        next: isStrict ? "Check that it is the same in all your mail." : "Nothing to do.",
      },
    ];
  });
  const [psdWas, psdNow] = [was.psd ?? "u", now.psd ?? "u"];
  if (psdWas !== psdNow) {
    findings.push({
      severity: "warning",
      path: `${path}.publicSuffix`,
      message: `psd: ${psdWas} → ${psdNow}; receivers take another domain for the organization of names here and below`,
      next: "Check the alignment of the return path and of the DKIM domain.",
    });
  }
  return findings;
}

function reportChanges(was: ParsedDmarc, now: ParsedDmarc, path: string): Finding[] {
  const kinds = [
    ["rua", "aggregate reports", "reportsTo"],
    ["ruf", "failure reports", "failureReportsTo"],
  ] as const;
  return kinds.flatMap(([tag, what, setting]): Finding[] => {
    const [from, to] = [was.record?.[tag] ?? [], now.record?.[tag] ?? []];
    const gone = from.filter((uri) => !to.includes(uri));
    const added = to.filter((uri) => !from.includes(uri));
    if (gone.length + added.length === 0) {
      return [];
    }
    const parts = [
      ...(added.length > 0 ? [`go to ${added.join(", ")} too`] : []),
      ...(gone.length > 0 ? [`no longer go to ${gone.join(", ")}`] : []),
    ];
    const isBlind = tag === "rua" && to.length === 0;
    return [
      {
        severity: isBlind ? "warning" : "info",
        path: `${path}.${setting}`,
        message: isBlind ? `no ${what} any more: nobody sees what fails` : `${what} ${parts.join(" and ")}`,
        next: isBlind ? "Keep an address while the policy is at work." : "Check that the mailbox exists.",
      },
    ];
  });
}
