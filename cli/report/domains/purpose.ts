import { isSpf } from "../../../components/mail-dns/spf/record";
import type { DnsRecordSet } from "../../../mail-resources/dns-record";
import { typeOfUrn } from "../../../mail-resources/resource";
import { textOf, UNKNOWN } from "../../../mail-resources/value";
import type { DeclaredNames } from "../identities";
import type { RecordPurpose } from "../report";

/** Purposes in the order in which a domain's records are listed. */
export const PURPOSES: readonly RecordPurpose[] = [
  "SPF",
  "DKIM",
  "DMARC",
  "return path",
  "links",
  "report authorisation",
  "MX",
  "other",
];

/** `_dmarc.example.com`. */
export const DMARC_NAME = /^_dmarc\.(?<domain>.+)$/;
/** `example.com._report._dmarc.example.net` (RFC 9990 section 4). */
export const REPORT_NAME = /^(?<source>.+)\._report\._dmarc\.(?<destination>.+)$/;
/** `s1._domainkey.example.com`; the domain is empty for a key of the root. */
export const DKIM_NAME = /^(?<selector>.+?)\._domainkey\.(?<domain>.+)$/;

/** How the module's own records begin to say what they are for (`MailRecord.purpose`). */
const WORDS: readonly (readonly [RegExp, RecordPurpose])[] = [
  [/^SPF\b/, "SPF"],
  [/^DKIM\b/, "DKIM"],
  [/^DMARC: \S+ takes the reports/, "report authorisation"],
  [/^DMARC\b/, "DMARC"],
  [/^Return path\b/i, "return path"],
  [/^Branded links\b/, "links"],
];
/** Names of other matters of mail: MTA-STS (RFC 8461), TLS reports (RFC 8460), BIMI. */
const OTHER_MAIL = /^(_mta-sts|mta-sts|_smtp\._tls|[^.]+\._bimi)\./;

/** What a record is for, or undefined for one that has nothing to do with mail. */
export function purposeOf(set: DnsRecordSet, names: DeclaredNames): RecordPurpose | undefined {
  return (
    byName(set) ??
    byContent(set) ??
    byIdentity(set, names) ??
    (set.type === "MX" ? "MX" : undefined) ??
    byWords(set) ??
    byTarget(set) ??
    (isOtherMail(set) ? "other" : undefined)
  );
}

function byName({ name }: DnsRecordSet): RecordPurpose | undefined {
  if (name === UNKNOWN) {
    return undefined;
  }
  if (REPORT_NAME.test(name)) {
    return "report authorisation";
  }
  return DMARC_NAME.test(name) ? "DMARC" : DKIM_NAME.test(name) ? "DKIM" : undefined;
}

function byContent({ type, values }: DnsRecordSet): RecordPurpose | undefined {
  return type === "TXT" && values.some((value) => typeof value === "string" && isSpf(value))
    ? "SPF"
    : undefined;
}

function byIdentity(
  { name }: DnsRecordSet,
  { returnPaths, links }: DeclaredNames,
): RecordPurpose | undefined {
  if (name === UNKNOWN) {
    return undefined;
  }
  return returnPaths.has(name) ? "return path" : links.has(name) ? "links" : undefined;
}

/** At Cloudflare and by hand the record says itself what it is for; elsewhere the resource's name ends in its key. */
function byWords({ resource }: DnsRecordSet): RecordPurpose | undefined {
  const words = textOf(resource.inputs.purpose) ?? textOf(resource.inputs.comment) ?? "";
  const said = WORDS.find(([pattern]) => pattern.test(words))?.[1];
  if (said !== undefined || !isOfMailDns(resource.parent)) {
    return said;
  }
  const key = /-(spf|dkim\w*|return-path|links)(-\w+)?$/.exec(resource.name)?.[1];
  const keys: { [key: string]: RecordPurpose } = { spf: "SPF", "return-path": "return path", links: "links" };
  return key === undefined ? undefined : (keys[key] ?? "DKIM");
}

/** SendGrid's targets of CNAME records. */
function byTarget({ type, values: [value] }: DnsRecordSet): RecordPurpose | undefined {
  if (type !== "CNAME" || typeof value !== "string") {
    return undefined;
  }
  if (/^u\d+\.wl\d*\.sendgrid\.net$/.test(value)) {
    return "return path";
  }
  return value === "sendgrid.net" ? "links" : undefined;
}

function isOtherMail({ name, resource }: DnsRecordSet): boolean {
  return isOfMailDns(resource.parent) || (name !== UNKNOWN && OTHER_MAIL.test(name));
}

function isOfMailDns(parent: string | undefined): boolean {
  return parent !== undefined && /^smarthost:index:(MailDns|ParkedDomain)$/.test(typeOfUrn(parent));
}
