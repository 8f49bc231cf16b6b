import type { Fault } from "../../faults";
import type { Finding } from "../finding";
import { type ExternalReport, externalReports } from "./external-reports";
import { buildDmarc, type DmarcPolicy } from "./record";
import { planReportAddresses } from "./report-addresses";
import { reviewFindings } from "./review";
import { failureReportingFaults, wordFaults } from "./settings-faults";
import { settingsFindings } from "./settings-findings";

export { type ExternalReport, externalReportFinding } from "./external-reports";
export type { DmarcPolicy } from "./record";

/**
 * When receivers send a failure report (tag fo): no mechanism passes aligned, any mechanism does not, a DKIM
 * signature fails, SPF fails; the last two whether aligned or not.
 */
export type DmarcFailureReporting = "all-fail" | "any-fail" | "dkim" | "spf";

/** What a domain publishes at `_dmarc.<domain>` (RFC 9989 section 4.7). */
export interface DmarcSettings {
  /**
   * The one setting of the staged roll-out. `none`, the default, only asks for reports; then `quarantine`;
   * then `reject`. Go on when the reports show that all your mail passes.
   */
  policy?: DmarcPolicy;
  /** For existing subdomains (tag sp); `policy` when left out. */
  subdomainPolicy?: DmarcPolicy;
  /** For subdomains that do not exist (tag np); `subdomainPolicy`, then `policy` when left out. */
  nonexistentSubdomainPolicy?: DmarcPolicy;
  /** Mail address or addresses for the daily aggregate reports (tag rua, RFC 9990). */
  reportsTo?: string | string[];
  /**
   * Mail address or addresses for failure reports on single messages (tag ruf, RFC 9991). They hold personal
   * data, and few receivers send them. Default: none.
   */
  failureReportsTo?: string | string[];
  /** When failure reports are wanted (tag fo). `all-fail` is the default; not together with `any-fail`. */
  failureReporting?: DmarcFailureReporting | DmarcFailureReporting[];
  /** `strict` asks that the DKIM domain equals the From domain (tag adkim); `relaxed` is the default. */
  dkimAlignment?: "relaxed" | "strict";
  /**
   * `strict` asks that the return path's domain equals the From domain (tag aspf); `relaxed` is the default.
   */
  spfAlignment?: "relaxed" | "strict";
  /** Testing (tag t): receivers apply the policy one level lower. Default false. */
  testing?: boolean;
  /**
   * Tag psd. True: registrants other than you own the names below the domain. False: the domain is an
   * organizational domain, and no record above it counts. Left out: receivers find out by the tree walk.
   */
  publicSuffix?: boolean;
  /**
   * The day, YYYY-MM-DD, on which the policy is to be looked at again. Makes a finding, and changes no
   * record.
   */
  reviewBy?: string;
}

/** What a domain's DMARC settings come to. */
export interface DmarcPlan {
  /** The text of the TXT record at `_dmarc.<domain>`. */
  text: string;
  /** Records that the domains of the report addresses have to publish: publish them, or report them. */
  externalReports: ExternalReport[];
  faults: Fault[];
  findings: Finding[];
}

const FAILURE_OPTIONS = { "all-fail": "0", "any-fail": "1", dkim: "d", spf: "s" } as const;

/** Whether receivers are asked to hold back or refuse mail: such a policy waits for a validated identity. */
export function isEnforcing(settings: DmarcSettings): boolean {
  return [settings.policy, settings.subdomainPolicy, settings.nonexistentSubdomainPolicy].some(
    (policy) => policy === "quarantine" || policy === "reject",
  );
}

/**
 * The record of `_dmarc.<domain>` that the settings describe. Tags that equal their default are left out; the
 * historic tags pct, rf and ri (RFC 9989 appendix A.6) are never written.
 * @param domain in A-labels
 * @param path of the settings, for faults and findings, such as `dmarc`
 * @param today what `reviewBy` is compared with
 */
export function planDmarc(
  domain: string,
  settings: DmarcSettings,
  path: string,
  today: Date = new Date(),
): DmarcPlan {
  const reports = planReportAddresses(settings.reportsTo, `${path}.reportsTo`);
  const failureReports = planReportAddresses(settings.failureReportsTo, `${path}.failureReportsTo`);
  const options = [settings.failureReporting ?? []].flat();
  const review = reviewFindings(settings.reviewBy, `${path}.reviewBy`, today);
  const text = buildDmarc({
    p: settings.policy ?? "none",
    sp: settings.subdomainPolicy,
    np: settings.nonexistentSubdomainPolicy,
    adkim: settings.dkimAlignment === "strict" ? "s" : undefined,
    aspf: settings.spfAlignment === "strict" ? "s" : undefined,
    t: settings.testing ? "y" : undefined,
    psd: settings.publicSuffix === undefined ? undefined : settings.publicSuffix ? "y" : "n",
    fo: isDefault(options) ? undefined : options.map((option) => FAILURE_OPTIONS[option]),
    rua: reports.uris,
    ruf: failureReports.uris,
  });
  return {
    text,
    externalReports: externalReports(domain, [...reports.domains, ...failureReports.domains]),
    faults: [
      ...wordFaults(settings, path),
      ...reports.faults,
      ...failureReports.faults,
      ...failureReportingFaults(options, `${path}.failureReporting`),
      ...review.faults,
    ],
    findings: [...settingsFindings(domain, settings, path), ...review.findings],
  };
}

/** fo=0 is the default, and is left out (RFC 9989 section 4.7). */
function isDefault(options: readonly DmarcFailureReporting[]): boolean {
  return options.length === 0 || (options.length === 1 && options[0] === "all-fail");
}
