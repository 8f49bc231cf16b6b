import { isIP } from "node:net";
import type { Fault } from "../../faults";
import { parseDomainName } from "../domain-name";
import type { Finding } from "../finding";
import {
  buildSpf,
  LOOKUP_LIMIT,
  lookupTerms,
  type SpfDirective,
  type SpfQualifier,
  type SpfTerm,
} from "./record";

/** Who may use the domain as return path, in the parts that most domains need. */
export interface SpfSettings {
  /** Domains whose SPF records apply too, such as `_spf.google.com`. */
  include?: string[];
  /** Addresses or CIDR ranges, IPv4 and IPv6. */
  addresses?: string[];
  /**
   * What receivers do with everybody else. `softfail`, the default, marks; `fail` lets them refuse, also mail
   * that was forwarded.
   */
  all?: "softfail" | "fail" | "neutral";
}

const ALL: Record<NonNullable<SpfSettings["all"]>, SpfQualifier> = { softfail: "~", fail: "-", neutral: "?" };

/** The record that the settings describe, and everything that is wrong with them. */
export function planSpf(
  settings: SpfSettings,
  path: string,
): { text: string; faults: Fault[]; findings: Finding[] } {
  const faults: Fault[] = [];
  const pass = (mechanism: SpfDirective["mechanism"], value: string): SpfTerm => ({
    qualifier: "+",
    mechanism,
    argument: `:${value}`,
  });
  const terms: SpfTerm[] = [];
  (settings.include ?? []).forEach((domain, index) => {
    // Underscores are usual here (`_spf.example.net`), so they are taken out before the host name rules apply.
    const { faults: found } = parseDomainName(domain.replace(/_/g, ""), `${path}.include[${index}]`);
    faults.push(...found.map((fault) => ({ ...fault, value: domain })));
    terms.push(pass("include", domain.toLowerCase()));
  });
  (settings.addresses ?? []).forEach((range, index) => {
    const [address = "", prefix, ...rest] = range.split("/");
    const version = isIP(address);
    const longest = version === 4 ? 32 : 128;
    const prefixIsGood = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest);
    if (version === 0 || !prefixIsGood || rest.length > 0) {
      faults.push({
        path: `${path}.addresses[${index}]`,
        value: range,
        reason: "is neither an IP address nor a CIDR range",
        next: "Write it like 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32.",
      });
    }
    terms.push(pass(version === 6 ? "ip6" : "ip4", range));
  });
  const spent = lookupTerms(terms).length;
  if (spent > LOOKUP_LIMIT) {
    faults.push({
      path: `${path}.include`,
      reason: `needs ${spent} DNS lookups, and receivers give up after ${LOOKUP_LIMIT} (RFC 7208 section 4.6.4)`,
      next: "Remove includes of services that no longer send, or give one of them a subdomain of its own.",
    });
  }
  terms.push({ qualifier: ALL[settings.all ?? "softfail"], mechanism: "all", argument: "" });
  return { text: buildSpf(terms), faults, findings: [] };
}
