import { findRecord, type WalkedRecord, walkOrganizationalDomain } from "../organizational-domain";
import type { DnsResolver } from "../resolver";
import type { DmarcPolicy } from "./record";
import { ONE_LEVEL_LOWER } from "./settings-findings";

/** Which policy receivers apply to failing mail from a domain, and why (RFC 9989 section 4.10.1). */
export type DiscoveredPolicy =
  | {
      applies: true;
      /** The domain whose record applies: the From domain, its organizational domain or its public suffix. */
      policyDomain: string;
      record: WalkedRecord;
      /** The tag that the policy comes from. */
      tag: "p" | "sp" | "np";
      /** As published; none where the published one is broken and the record asks for reports. */
      published: DmarcPolicy;
      /** After test mode: one level lower with t=y. */
      applied: DmarcPolicy;
    }
  | { applies: false; reason: string };

/**
 * Finds the policy for a From domain. Rejects where a look-up that the answer depends on does.
 * @param fromDomain in the form of `parseDomainName`
 */
export async function discoverPolicy(fromDomain: string, resolver: DnsResolver): Promise<DiscoveredPolicy> {
  const own = await findRecord(fromDomain, resolver);
  const record = own ?? (await inheritedRecord(fromDomain, resolver));
  if (!record) {
    return { applies: false, reason: `no DMARC record applies to ${fromDomain} (RFC 9989 section 4.10.1)` };
  }
  const { domain: policyDomain, parsed } = record;
  if (!parsed.policies || !parsed.record) {
    const reason = `the record of ${policyDomain} has no valid policy, and asks for no reports`;
    return { applies: false, reason };
  }
  const scope = own ? "p" : (await exists(fromDomain, resolver)) ? "sp" : "np";
  const published = parsed.policies[scope];
  // np falls back to sp, and sp to p. A broken record acts as p=none whatever its other tags say.
  const { policies } = parsed;
  const isFrom = (tag: "sp" | "np") =>
    parsed.record?.[tag] !== undefined && parsed.record[tag] === policies[tag];
  const tag = scope === "np" && isFrom("np") ? "np" : scope !== "p" && isFrom("sp") ? "sp" : "p";
  const applied = parsed.record.t === "y" ? ONE_LEVEL_LOWER[published] : published;
  return { applies: true, policyDomain, record, tag, published, applied };
}

/** The record of the organizational domain or, failing that, of the public suffix above it. */
async function inheritedRecord(domain: string, resolver: DnsResolver): Promise<WalkedRecord | undefined> {
  const { found, organizationalDomain } = await walkOrganizationalDomain(domain, resolver);
  const suffix = found.find(({ parsed }) => parsed.record?.psd === "y");
  return found.find((record) => record.domain === organizationalDomain) ?? suffix;
}

/**
 * RFC 9989 appendix A.4: a name exists unless the answer is NXDOMAIN. The question is for CNAME, because one
 * for A follows a CNAME, and tells that the target is gone although the name itself exists (RFC 6604 section
 * 3).
 */
async function exists(domain: string, resolver: DnsResolver): Promise<boolean> {
  return (await resolver.lookUp(domain, "CNAME")).exists;
}
