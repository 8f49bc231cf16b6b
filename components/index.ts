// The public names. What is not exported here may change in any release.
export type { Fault } from "./faults";
export { type CloudflareArgs, cloudflare } from "./mail-dns/cloudflare";
export type { DkimDeclaration } from "./mail-dns/dkim/record";
export type { DmarcPolicy, DmarcSettings } from "./mail-dns/dmarc/settings";
export type { DnsHost, ExistingRecord, ExistingZone } from "./mail-dns/dns-host";
export { type DnsResolverOptions, dnsResolver } from "./mail-dns/dns-resolver";
export type { Finding } from "./mail-dns/finding";
export {
  type DnsPublication,
  MailDns,
  type MailDnsArgs,
  type PublishedRecord,
} from "./mail-dns/mail-dns";
export { manual } from "./mail-dns/manual";
export { type MailDnsSettings, type MailPlan, planMailDns } from "./mail-dns/plan";
export type { MailRecord, MailRecordType } from "./mail-dns/record";
export type { DnsAnswer, DnsData, DnsResolver, DnsType } from "./mail-dns/resolver";
export { type Route53Args, route53 } from "./mail-dns/route53";
export type { SpfSettings } from "./mail-dns/spf/settings";
export { recordTable, zoneText } from "./mail-dns/zone-text";
export { MailRelay, type MailRelayArgs, mailRelayFaults } from "./mail-relay/mail-relay";
export { ParkedDomain, type ParkedDomainArgs } from "./parked-domain/parked-domain";
export type { RelayAddress } from "./postfix-relay/aws/address";
export type { RelayAlarms } from "./postfix-relay/aws/monitoring";
export type { RelayPassword, SecretPassword } from "./postfix-relay/aws/relay-password";
export type { FallbackSmartHost, RelayServerArgs, ServerRoute } from "./postfix-relay/aws/server-args";
export type { ServerSubmission } from "./postfix-relay/aws/server-submission";
export type { ClientLimits } from "./postfix-relay/postfix/client-limits";
export type { Route } from "./postfix-relay/postfix/routes";
export type { CredentialedSmartHost } from "./postfix-relay/postfix/smart-host-list";
export type { Submission } from "./postfix-relay/postfix/submission";
export { PostfixRelay, type PostfixRelayArgs } from "./postfix-relay/postfix-relay";
export { type RenderedRelay, renderRelay } from "./postfix-relay/render-relay";
export type { CredentialSource } from "./postfix-relay/server/credential-source";
export type { ScriptParameter } from "./postfix-relay/server/script-parameter";
export { type SubmissionParameter, submissionParameter } from "./postfix-relay/server/submission-data";
export type { Upgrades } from "./postfix-relay/server/upgrades";
export { checkRelaySettings, type RelaySettings } from "./postfix-relay/settings";
export { renderUserData } from "./postfix-relay/user-data";
export type { FleetScaling, FleetSize, PostfixRelayFleetArgs } from "./postfix-relay-fleet/fleet-args";
export { PostfixRelayFleet } from "./postfix-relay-fleet/postfix-relay-fleet";
export type { KeyRotation } from "./sender-identity/key-rotation";
export type { IdentitySettings, LinkSettings } from "./sender-identity/records";
export { SenderIdentity, type SenderIdentityArgs } from "./sender-identity/sender-identity";
export { SingleSender, type SingleSenderArgs } from "./sender-identity/single-sender";
export { type GenericSmartHost, type GenericSmartHostArgs, smartHost } from "./smart-hosts/generic";
export { type InternalHostArgs, internalHost } from "./smart-hosts/internal";
export {
  type MailgunArgs,
  type MailjetArgs,
  mailgun,
  mailjet,
  type PostmarkArgs,
  type PresetArgs,
  postmark,
  type SesArgs,
  ses,
} from "./smart-hosts/presets";
export { type SendGridOptions, type SendGridSmartHost, sendgrid } from "./smart-hosts/sendgrid";
export type { SmartHostEndpoint } from "./smart-hosts/smart-host";
