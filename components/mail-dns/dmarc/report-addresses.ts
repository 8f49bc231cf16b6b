import type { Fault } from "../../faults";
import { parseMailAddress } from "../mail-address";
import { hasSizeSuffix, mailtoUri } from "./report-uri";

/** Report addresses as the tags rua and ruf carry them. */
export interface ReportAddresses {
  /** One `mailto:` URI for each address, in the order given. */
  uris: string[];
  /** The domain of each good address in A-labels, and the property that holds it. */
  domains: { domain: string; path: string }[];
  faults: Fault[];
}

/** Checks one or more mail addresses for reports and makes their URIs. */
export function planReportAddresses(given: string | string[] | undefined, path: string): ReportAddresses {
  const planned: ReportAddresses = { uris: [], domains: [], faults: [] };
  [given ?? []].flat().forEach((address, index) => {
    const where = Array.isArray(given) ? `${path}[${index}]` : path;
    if (hasSizeSuffix(address)) {
      planned.faults.push({
        path: where,
        value: address,
        reason: "has a size suffix, which RFC 9989 made obsolete",
        next: "Remove the exclamation mark and what follows it.",
      });
      return;
    }
    const { local, domain, faults } = parseMailAddress(address, where);
    planned.faults.push(...faults);
    if (faults.length === 0) {
      planned.uris.push(mailtoUri(`${local}@${domain}`));
      planned.domains.push({ domain, path: where });
    }
  });
  return planned;
}
