import type { Fault } from "../../faults";
import { parseDomainName } from "../../mail-dns/domain-name";

/** What is wrong with the name of a mail server: an FQDN in ASCII, because it stands in HELO and in certificates. */
export function checkHostName(value: string, path: string): Fault[] {
  const { faults, converted } = parseDomainName(value, path);
  if (faults.length > 0 || converted === undefined) {
    return faults;
  }
  const reason = "has letters outside ASCII, which a mail server's name cannot have";
  return [{ path, value, reason, next: `Write it as "${converted.to}".` }];
}
