import { isWithin } from "../domain-name";
import type { Finding } from "../finding";
import { predictOrganizationalDomain } from "../organizational-domain";

/** The record with which another domain agrees to get a domain's reports (RFC 9990 section 4). */
export interface ExternalReport {
  /** The record's name: `<domain>._report._dmarc.<destination>`. */
  name: string;
  /** The text of the TXT record. */
  text: string;
  /** The property that holds the first address in the destination. */
  path: string;
  /** The domain of the addresses, where the record has to be published. */
  destination: string;
  /**
   * Whether the destination probably has the same organizational domain. Then receivers ask for the record
   * only if their tree walk ends elsewhere, as it does while the organizational domain publishes no DMARC
   * record.
   */
  isRelated: boolean;
}

/**
 * The authorization records that reports from `domain` need, one for each destination that is neither the
 * domain nor below it. Where the zone of the destination is yours, publish the record; elsewhere report
 * {@link externalReportFinding}.
 * @param addresses domains of the report addresses, in A-labels, and the properties that hold them
 */
export function externalReports(
  domain: string,
  addresses: readonly { domain: string; path: string }[],
): ExternalReport[] {
  const reports = new Map<string, ExternalReport>();
  for (const { domain: destination, path } of addresses) {
    if (isWithin(destination, domain) || reports.has(destination)) {
      continue;
    }
    reports.set(destination, {
      name: `${domain}._report._dmarc.${destination}`,
      text: "v=DMARC1",
      path,
      destination,
      isRelated: predictOrganizationalDomain(destination) === predictOrganizationalDomain(domain),
    });
  }
  return [...reports.values()];
}

/** What to say of an authorization record that is not published along with the domain's own records. */
export function externalReportFinding({ name, text, path, destination, isRelated }: ExternalReport): Finding {
  return {
    severity: isRelated ? "info" : "warning",
    path,
    message: isRelated
      ? `reports go to ${destination}, which receivers take for another organization while it has no DMARC record`
      : `reports go to ${destination}, and receivers send them only if that domain agrees (RFC 9990 section 4)`,
    next: `Have TXT "${text}" published at ${name}.`,
  };
}
