import { isDmarcRecord } from "../../../components/mail-dns/dmarc/tag-list";
import { isSpf } from "../../../components/mail-dns/spf/record";
import type { DnsRecordSet } from "../../../mail-resources/dns-record";
import { numberOf } from "../../../mail-resources/value";
import type { RecordPurpose, SendGridIdentity, SubjectDomain, SubjectRecord } from "../subject";

/** A record set of the stack, and whether the next update makes it. */
export interface DeclaredRecordSet {
  set: DnsRecordSet;
  planned: boolean;
  /** Whether the module's own components declare it, so that it is a mail record whatever its name. */
  isOwn: boolean;
}

/** The mail records among the record sets, by the domains that mail is sent from. */
export function subjectDomains(
  declared: readonly DeclaredRecordSet[],
  identities: readonly SendGridIdentity[],
): SubjectDomain[] {
  const returnPaths = identities.flatMap(({ domain, subdomain }) =>
    subdomain === undefined ? [] : [`${subdomain}.${domain}`],
  );
  const records = declared.flatMap((each) => {
    const record = subjectRecord(each, returnPaths);
    return record === undefined ? [] : [record];
  });
  const domains = new Set([...identities.map(({ domain }) => domain), ...records.flatMap(domainNamed)]);
  for (const { name, purpose } of records) {
    // SPF of a name that belongs to no other domain is that of a domain of its own.
    if (purpose === "spf" && nearest(name, domains) === undefined) {
      domains.add(name);
    }
  }
  return [...domains].toSorted().map((domain) => {
    const own = records.filter((record) => nearest(record.name, domains) === domain);
    const consents = records.filter(
      ({ purpose, name }) => purpose === "report-consent" && name.startsWith(`${domain}._report._dmarc.`),
    );
    const all = [...own.filter(({ purpose }) => purpose !== "report-consent"), ...consents];
    const returnPath = returnPathOf(domain, all, identities);
    return {
      domain,
      records: all,
      ...(returnPath !== undefined && { returnPath }),
      // SendGrid signs for each of its identities, also where a refused preview ends before their keys.
      hasDkim:
        all.some(({ purpose }) => purpose === "dkim") ||
        identities.some((identity) => identity.domain === domain),
    };
  });
}

function subjectRecord(
  { set, planned, isOwn }: DeclaredRecordSet,
  returnPaths: readonly string[],
): SubjectRecord | undefined {
  const { name, type, host, priority, proxied } = set;
  if (typeof name !== "string" || !["TXT", "CNAME", "MX"].includes(type)) {
    return undefined;
  }
  const preference = numberOf(priority);
  const values = set.values.every((value) => typeof value === "string") ? set.values.map(String) : undefined;
  const purpose = purposeOf(name, type, values, returnPaths);
  if (purpose === undefined && !isOwn) {
    return undefined;
  }
  return {
    name,
    type,
    purpose: purpose ?? "other",
    values: values?.map((value) => (type === "TXT" ? value : value.replace(/\.$/, ""))),
    ...(preference !== undefined && { priority: preference }),
    proxied: proxied === true,
    planned,
    // "by hand": nobody else holds it.
    host: host === "by hand" ? "the DNS host" : host,
  };
}

/** By the names and first words that the standards give; undefined for what is no mail record. */
function purposeOf(
  name: string,
  type: string,
  values: readonly string[] | undefined,
  returnPaths: readonly string[],
): RecordPurpose | undefined {
  const labels = name.split(".");
  if (labels.includes("_report") && labels.includes("_dmarc")) {
    return "report-consent";
  }
  if (labels[0] === "_dmarc") {
    return "dmarc";
  }
  if (labels.includes("_domainkey")) {
    return "dkim";
  }
  if (type === "TXT" && values?.some(isSpf)) {
    return "spf";
  }
  if (returnPaths.includes(name)) {
    return type === "TXT" ? "spf" : "return-path";
  }
  if (type === "TXT" && values?.some(isDmarcRecord)) {
    return "other";
  }
  return type === "MX" ? "mx" : undefined;
}

/** The domain that a record's name says it is for. */
function domainNamed({ name, purpose }: SubjectRecord): string[] {
  switch (purpose) {
    case "dmarc":
      return [name.slice("_dmarc.".length)];
    case "dkim":
      return [name.slice(name.indexOf("._domainkey.") + "._domainkey.".length)];
    case "report-consent":
      return [name.slice(0, name.indexOf("._report._dmarc."))];
    default:
      return [];
  }
}

/** The longest of the domains that the name lies in. */
function nearest(name: string, domains: ReadonlySet<string>): string | undefined {
  const labels = name.split(".");
  for (let at = 0; at < labels.length; at += 1) {
    const candidate = labels.slice(at).join(".");
    if (domains.has(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

/** The identity's, or the domain itself where the stack declares SPF for it. */
function returnPathOf(
  domain: string,
  records: readonly SubjectRecord[],
  identities: readonly SendGridIdentity[],
): string | undefined {
  const own = identities.find((identity) => identity.domain === domain);
  if (own) {
    return own.subdomain === undefined ? undefined : `${own.subdomain}.${domain}`;
  }
  return records.some(({ purpose, name }) => purpose === "spf" && name === domain) ? domain : undefined;
}
