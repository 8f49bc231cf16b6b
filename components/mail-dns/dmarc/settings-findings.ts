import type { Finding } from "../finding";
import { isPublicSuffix, predictOrganizationalDomain } from "../organizational-domain";
import type { DmarcPolicy } from "./record";
import type { DmarcSettings } from "./settings";

/** What receivers do with mail that fails (RFC 9989 section 4.7, tag p). */
export const CONSEQUENCE: Record<DmarcPolicy, string> = {
  none: "receivers deliver mail that fails, and only report it",
  quarantine: "receivers treat mail that fails as suspicious, mostly in the junk folder",
  reject: "receivers refuse mail that fails",
};
/** What is applied under test mode (RFC 9989 section 4.7, tag t): one level lower. */
export const ONE_LEVEL_LOWER: Record<DmarcPolicy, DmarcPolicy> = {
  none: "none",
  quarantine: "none",
  reject: "quarantine",
};
const NEXT_STEP: Record<DmarcPolicy, string> = {
  none: "Set policy to quarantine when the reports show that all your mail passes.",
  quarantine: "Set policy to reject when the reports show that only other people's mail fails.",
  reject:
    "Nothing to do: this is the last stage. Mail that people send through mailing lists may be refused.",
};

/**
 * What a reviewer should know about valid settings: the stage, the subdomains, the reports, tags without
 * effect.
 */
export function settingsFindings(domain: string, settings: DmarcSettings, path: string): Finding[] {
  return [
    stageFinding(settings, path),
    ...subdomainFindings(domain, settings, path),
    ...reportFindings(settings, path),
    ...testingFindings(settings, path),
  ];
}

function stageFinding({ policy = "none", testing }: DmarcSettings, path: string): Finding {
  const isLowered = testing && policy !== "none";
  return {
    severity: "info",
    path: `${path}.policy`,
    message: isLowered
      ? `policy ${policy} in test mode: ${CONSEQUENCE[ONE_LEVEL_LOWER[policy]]}`
      : `policy ${policy}: ${CONSEQUENCE[policy]}`,
    next: isLowered ? "Set testing to false when the reports are clean." : NEXT_STEP[policy],
  };
}

function subdomainFindings(domain: string, settings: DmarcSettings, path: string): Finding[] {
  const { policy = "none", publicSuffix } = settings;
  const { subdomainPolicy: sp = policy, nonexistentSubdomainPolicy: np = sp } = settings;
  const isGiven = settings.subdomainPolicy !== undefined || settings.nonexistentSubdomainPolicy !== undefined;
  const organization = predictOrganizationalDomain(domain);
  if (publicSuffix && !isPublicSuffix(domain)) {
    return [
      {
        severity: "warning",
        path: `${path}.publicSuffix`,
        message:
          "makes every name one label below the domain an organization of its own: a return path or DKIM domain there no longer aligns with the domain (RFC 9989 section 4.10.2)",
        next: "Leave it out unless other people register the names below the domain.",
      },
    ];
  }
  if (isGiven && publicSuffix === undefined && organization !== domain) {
    return [
      {
        severity: "warning",
        path: `${path}.${settings.subdomainPolicy ? "subdomainPolicy" : "nonexistentSubdomainPolicy"}`,
        message: `receivers take the policy of subdomains from ${organization} if that publishes one (RFC 9989 section 4.7)`,
        next: "Set publicSuffix to false to make the domain an organization of its own, or set it there.",
      },
    ];
  }
  if (policy === "none" && sp === policy && np === policy) {
    return [];
  }
  const next =
    sp === "none" && policy !== "none"
      ? "Check that no mail passes for yours from a subdomain, or raise subdomainPolicy."
      : "Check that mail from subdomains passes, or set subdomainPolicy.";
  return [
    {
      severity: "info",
      path: `${path}.subdomainPolicy`,
      message: `subdomains without a DMARC record of their own inherit ${
        sp === np ? sp : `${sp} where they exist, ${np} where they do not`
      }`,
      next,
    },
  ];
}

function reportFindings(settings: DmarcSettings, path: string): Finding[] {
  const findings: Finding[] = [];
  if ([settings.reportsTo ?? []].flat().length === 0) {
    findings.push({
      severity: "warning",
      path: `${path}.reportsTo`,
      message: "no address for reports: nobody will see who sends mail in the domain's name",
      next: "Set it to a mailbox or to a report service.",
    });
  }
  const asksForFailures = [settings.failureReporting ?? []].flat().length > 0;
  if (asksForFailures && [settings.failureReportsTo ?? []].flat().length === 0) {
    findings.push({
      severity: "warning",
      path: `${path}.failureReporting`,
      message: "has no effect without an address for failure reports (RFC 9989 section 4.7)",
      next: "Set failureReportsTo, or remove it.",
    });
  }
  return findings;
}

function testingFindings(settings: DmarcSettings, path: string): Finding[] {
  const { policy, subdomainPolicy, nonexistentSubdomainPolicy, testing } = settings;
  const policies = [policy, subdomainPolicy, nonexistentSubdomainPolicy];
  return testing && policies.every((value) => (value ?? "none") === "none")
    ? [
        {
          severity: "warning",
          path: `${path}.testing`,
          message: "does nothing while every policy is none (RFC 9989 section 4.7)",
          next: "Set the policy that you want to test, or remove testing.",
        },
      ]
    : [];
}
