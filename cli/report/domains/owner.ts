import { predictOrganizationalDomain } from "../../../components/mail-dns/organizational-domain";
import type { DeclaredNames } from "../identities";
import { UNKNOWN_DOMAIN } from "../report";
import { DKIM_NAME, DMARC_NAME, REPORT_NAME } from "./purpose";

/** Says to which mail domain a name belongs. */
export type OwnerOf = (name: string | undefined) => string;

/**
 * Mail domains are those that have a DMARC policy, a DKIM key or an identity; a name belongs to the nearest one above it,
 * and else to its organizational domain as the public suffix list has it.
 */
export function ownerOf(names: Iterable<string>, declared: readonly DeclaredNames[]): OwnerOf {
  const domains = new Set(declared.flatMap(({ identities }) => identities.map(({ domain }) => domain)));
  for (const name of names) {
    const domain = REPORT_NAME.test(name)
      ? undefined
      : (DMARC_NAME.exec(name) ?? DKIM_NAME.exec(name))?.groups?.domain;
    if (domain !== undefined) {
      domains.add(domain);
    }
  }
  return (name) => {
    if (name === undefined) {
      return UNKNOWN_DOMAIN;
    }
    const { source, destination } = REPORT_NAME.exec(name)?.groups ?? {};
    if (source !== undefined && destination !== undefined) {
      return source === "*" ? destination : source;
    }
    const labels = name.split(".");
    const above = labels.map((_, index) => labels.slice(index).join("."));
    return above.find((each) => domains.has(each)) ?? predictOrganizationalDomain(name);
  };
}
