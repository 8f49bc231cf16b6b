import type { Fault } from "../../faults";
import { isWithin } from "../domain-name";
import type { Finding } from "../finding";
import { parseMailAddress } from "../mail-address";
import { buildDmarc, type DmarcTags } from "./record";

/** What a domain asks receivers to do with mail that fails (RFC 9989 section 4.7, tag p). */
export type DmarcPolicy = "none" | "quarantine" | "reject";

export interface DmarcSettings {
  /** `none`, the default, only asks for reports: raise it in steps when the reports are clean. */
  policy?: DmarcPolicy;
  /** For existing subdomains (tag sp); `policy` when left out. */
  subdomainPolicy?: DmarcPolicy;
  /** For subdomains that do not exist (tag np); `subdomainPolicy` when left out. */
  nonexistentSubdomainPolicy?: DmarcPolicy;
  /** Mail address or addresses for the daily aggregate reports (tag rua, RFC 9990). */
  reportsTo?: string | string[];
  /** `strict` asks that the DKIM domain equals the From domain (tag adkim); `relaxed` is the default. */
  dkimAlignment?: "relaxed" | "strict";
  /** `strict` asks that the return path's domain equals the From domain (tag aspf); `relaxed` is the default. */
  spfAlignment?: "relaxed" | "strict";
  /** Testing (tag t): receivers apply the policy one level lower. Default false. */
  testing?: boolean;
}

const POLICIES: readonly DmarcPolicy[] = ["none", "quarantine", "reject"];

/** Whether receivers are asked to hold back or refuse mail: such a policy waits for a validated identity. */
export function isEnforcing(settings: DmarcSettings): boolean {
  return [settings.policy, settings.subdomainPolicy, settings.nonexistentSubdomainPolicy].some(
    (policy) => policy === "quarantine" || policy === "reject",
  );
}

/**
 * The record of `_dmarc.<domain>` that the settings describe. Tags that equal their default are left out; the
 * historic tags pct, rf and ri (RFC 9989 appendix C) are never written.
 */
export function planDmarc(
  domain: string,
  settings: DmarcSettings,
  path: string,
): { text: string; faults: Fault[]; findings: Finding[] } {
  const faults: Fault[] = [];
  const findings: Finding[] = [];
  const policies = ["policy", "subdomainPolicy", "nonexistentSubdomainPolicy"] as const;
  for (const property of policies) {
    const value = settings[property];
    if (value !== undefined && !POLICIES.includes(value)) {
      faults.push({
        path: `${path}.${property}`,
        value: String(value),
        reason: "is not a DMARC policy",
        next: `Use one of ${POLICIES.join(", ")}.`,
      });
    }
  }
  const reportsTo = [settings.reportsTo ?? []].flat();
  reportsTo.forEach((address, index) => {
    const where = Array.isArray(settings.reportsTo) ? `${path}.reportsTo[${index}]` : `${path}.reportsTo`;
    if (/![0-9]+[kmgt]?$/i.test(address)) {
      faults.push({
        path: where,
        value: address,
        reason: "has a size suffix, which RFC 9989 made obsolete",
        next: "Remove the exclamation mark and what follows it.",
      });
      return;
    }
    const parsed = parseMailAddress(address, where);
    faults.push(...parsed.faults);
    if (parsed.faults.length === 0 && !isWithin(parsed.domain, domain)) {
      findings.push({
        severity: "warning",
        path: where,
        message: `reports go to ${parsed.domain}, and receivers send them only if that domain agrees (RFC 9990)`,
        next: `Have TXT "v=DMARC1" published at ${domain}._report._dmarc.${parsed.domain}.`,
      });
    }
  });
  if (reportsTo.length === 0) {
    findings.push({
      severity: "warning",
      path: `${path}.reportsTo`,
      message: "no address for reports: nobody will see who sends mail in the domain's name",
      next: "Set it to a mailbox or to a report service.",
    });
  }
  const tags: DmarcTags = [
    ["v", "DMARC1"],
    ["p", settings.policy ?? "none"],
  ];
  const add = (tag: string, value: string | undefined) => value !== undefined && tags.push([tag, value]);
  add("sp", settings.subdomainPolicy);
  add("np", settings.nonexistentSubdomainPolicy);
  add("adkim", settings.dkimAlignment === "strict" ? "s" : undefined);
  add("aspf", settings.spfAlignment === "strict" ? "s" : undefined);
  add("t", settings.testing ? "y" : undefined);
  add("rua", reportsTo.length > 0 ? reportsTo.map((to) => `mailto:${uriMailbox(to)}`).join(",") : undefined);
  return { text: buildDmarc(tags), faults, findings };
}

/** A mailbox inside a `mailto:` URI inside a tag list: `,` `!` `;` and `%` would end it (RFC 9989 section 4.7). */
function uriMailbox(address: string): string {
  return address.replace(/[^A-Za-z0-9@._+~-]/g, (char) =>
    encodeURIComponent(char).replace(/[!'()*]/g, percent),
  );
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
