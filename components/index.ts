// The public names. What is not exported here may change in any release.
export type { Fault } from "./faults";
export { type CloudflareArgs, cloudflare } from "./mail-dns/cloudflare";
export type { DkimDeclaration } from "./mail-dns/dkim/record";
export type { DmarcPolicy, DmarcSettings } from "./mail-dns/dmarc/settings";
export type { DnsHost } from "./mail-dns/dns-host";
export type { Finding } from "./mail-dns/finding";
export { MailDns, type MailDnsArgs, type PublishedRecord } from "./mail-dns/mail-dns";
export { type MailDnsSettings, type MailPlan, planMailDns } from "./mail-dns/plan";
export type { MailRecord, MailRecordType } from "./mail-dns/record";
export type { SpfSettings } from "./mail-dns/spf/settings";
export { MailRelay, type MailRelayArgs, mailRelayFaults } from "./mail-relay/mail-relay";
export { PostfixRelay, type PostfixRelayArgs } from "./postfix-relay/postfix-relay";
export { checkRelaySettings, type RelaySettings } from "./postfix-relay/settings";
export { renderUserData } from "./postfix-relay/user-data";
export { SenderIdentity, type SenderIdentityArgs } from "./sender-identity/sender-identity";
export { type GenericSmartHost, type GenericSmartHostArgs, smartHost } from "./smart-hosts/generic";
export { type SendGridOptions, type SendGridSmartHost, sendgrid } from "./smart-hosts/sendgrid";
export type { SmartHostEndpoint } from "./smart-hosts/smart-host";
