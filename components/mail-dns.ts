// Mail DNS as pure functions: nothing here imports Pulumi, so it serves any program, as `pulumi-smarthost/mail-dns`.
export {
  type Alignment,
  type AlignmentMode,
  alignment,
  alignmentFindings,
  type IdentifierAlignment,
  type Sender,
  walkedAlignmentFindings,
} from "./mail-dns/alignment";
export { inspectDkim } from "./mail-dns/dkim/inspect";
export { buildDkim, type DkimKeyRecord, type ParsedDkim, parseDkim } from "./mail-dns/dkim/key-record";
export { generateDkimKeys } from "./mail-dns/dkim/keys";
export { type DkimDeclaration, dkimFaults, dkimName, dkimText } from "./mail-dns/dkim/record";
export {
  type DkimKey,
  type DkimOtherKey,
  type DkimRotation,
  planDkimRotation,
} from "./mail-dns/dkim/rotation";
export { describeDmarcChange } from "./mail-dns/dmarc/changes";
export { type DiscoveredPolicy, discoverPolicy } from "./mail-dns/dmarc/policy-discovery";
export { buildDmarc, type DmarcRecord, type ParsedDmarc, parseDmarc } from "./mail-dns/dmarc/record";
export {
  type DmarcPlan,
  type DmarcPolicy,
  type DmarcSettings,
  isEnforcing,
  planDmarc,
} from "./mail-dns/dmarc/settings";
export { type DnsResolverOptions, dnsResolver } from "./mail-dns/dns-resolver";
export type { Finding } from "./mail-dns/finding";
export { lookedUpFindings } from "./mail-dns/look-ups";
export {
  compareOrganizationalDomain,
  predictOrganizationalDomain,
  type TreeWalk,
  walkOrganizationalDomain,
} from "./mail-dns/organizational-domain";
export { type MailDnsSettings, type MailPlan, planMailDns, recordsOf } from "./mail-dns/plan";
export type { MailRecord, MailRecordType } from "./mail-dns/record";
export {
  type DnsAnswer,
  type DnsData,
  type DnsResolver,
  type DnsType,
  withPlanned,
} from "./mail-dns/resolver";
export { describeBudget, type SpfBudget, spfBudget } from "./mail-dns/spf/budget";
export { describeSpfChange } from "./mail-dns/spf/changes";
export { checkHost, type SpfCheck } from "./mail-dns/spf/evaluate";
export { inspectSpf } from "./mail-dns/spf/findings";
export { type FlattenedSpf, flattenSpf } from "./mail-dns/spf/flatten";
export { type MergedSpf, mergeSpf } from "./mail-dns/spf/merge";
export { buildSpf, isSpf, parseSpf, type SpfTerm } from "./mail-dns/spf/record";
export { planSpf, type SpfPlan, type SpfSettings } from "./mail-dns/spf/settings";
export { recordTable, zoneText } from "./mail-dns/zone-text";
export { type ParkedDomainSettings, parkedDns } from "./parked-domain/records";
