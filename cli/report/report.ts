import type { DmarcPolicy } from "../../components/mail-dns/dmarc/record";
import type { Finding } from "../../components/mail-dns/finding";
import type { CostChange } from "./costs";
import type { MailPath } from "./mail-path";
import type { RelayReport } from "./relays";

/**
 * What an update means for mail, as plain JSON: everything in it is text, number or boolean, with what the preview
 * can't know and what is secret said in words (`SHOWN_UNKNOWN` and `SHOWN_SECRET` of mail-resources/value.ts).
 */
export interface MailReport {
  /** The stack's name; undefined for an empty preview. */
  stack?: string;
  /** Whether the preview came to its end. What it refused is among the findings, and the rest is not complete. */
  refused: boolean;
  /** Resources that stay as they are and that the preview does not list: what they are is not known here. */
  unseen: number;
  /** Domains of which a record changes, by name. */
  domains: DomainReport[];
  /** What changes at SendGrid. */
  senders: SenderReport[];
  relays: RelayReport[];
  costs: CostChange[];
  /** Only where the path changes. */
  path?: { before?: MailPath; after?: MailPath };
  /** Errors first, then warnings; each thing once. */
  findings: ReportFinding[];
  /** Whether nothing about mail changes. A refused preview is never unchanged. */
  unchanged: boolean;
}

/** A finding of a report: `path` is a record's name, a resource's property, or a setting. */
export interface ReportFinding extends Finding {
  /** The resource that it is about. */
  urn?: string;
  /** What it is about for people: a domain, a relay, a key. */
  subject?: string;
}

/** One setting that is another one after the update, as text. */
export interface Difference {
  /** What it is, in the words of mail: `smart host`, `clients`, `scopes`; or a parameter of main.cf. */
  what: string;
  /** Undefined where it was not there. */
  before?: string;
  /** Undefined where it will not be there. */
  after?: string;
}

/** What a record is for. */
export type RecordPurpose =
  | "SPF"
  | "DKIM"
  | "DMARC"
  | "return path"
  | "links"
  | "report authorisation"
  | "MX"
  | "other";

/** What the update does to the records of one domain, and what receivers make of it. */
export interface DomainReport {
  /** Lower case, A-labels. {@link UNKNOWN_DOMAIN} collects records whose names the preview can't know. */
  domain: string;
  /** In the order of purposes, then by name. */
  records: RecordChange[];
  /** The SPF records that change, of the domain and of names below it. */
  spf: SpfReport[];
  /** Undefined where the policy record does not change. */
  dmarc?: DmarcReport;
  dkim: DkimReport[];
}

/** Where records are listed whose names are not known. */
export const UNKNOWN_DOMAIN = "(domain known after the update)";

/** What the update does to one record set. */
export interface RecordChange {
  change: "added" | "changed" | "removed" | "adopted";
  purpose: RecordPurpose;
  /** The full name, after the update where it changes. */
  name: string;
  /** The record's type, after the update where it changes. */
  type: string;
  /** The DNS host for people: "Cloudflare". */
  host: string;
  urn: string;
  before?: RecordState;
  after?: RecordState;
  /** What of it changes, such as `values` and `ttl`; empty where it is added or removed. */
  differences: (keyof RecordState)[];
}

/** One record set, as text. */
export interface RecordState {
  name: string;
  type: string;
  /** TXT: unquoted texts. Targets without final dot; an MX with its preference in front. */
  values: string[];
  /** Seconds, or `automatic`. */
  ttl?: string;
  proxied?: boolean;
}

/** An SPF record before and after. */
export interface SpfReport {
  /** Where it is. */
  name: string;
  before?: SpfState;
  after?: SpfState;
  /** `SPF lookups 3 → 5 of 10`, or what of it is known. */
  summary: string;
}

export interface SpfState {
  text: string;
  /** Terms that spend a lookup, with everything that is included; undefined where nobody looked or knows. */
  lookups?: number;
  /** Terms of the record itself that spend a lookup; undefined where it does not parse or is not known. */
  ownLookups?: number;
}

/** A DMARC policy before and after. */
export interface DmarcReport {
  /** Where it is, such as `_dmarc.example.com`. */
  name: string;
  /** Undefined where there is no record, or receivers ignore it. */
  before?: DmarcPolicy;
  after?: DmarcPolicy;
  /** `p=none → p=quarantine`. */
  summary: string;
  /** What receivers do with mail that fails from now on, as a sentence. */
  consequence: string;
}

/** What happens to one DKIM key. */
export interface DkimReport {
  /** Such as `s1`. */
  selector: string;
  /** Where it is, such as `s1._domainkey.example.com`. */
  name: string;
  /** `rotated`: the selector has another key or target. `changed`: whether it has is known after the update. */
  change: "added" | "rotated" | "changed" | "removed" | "revoked";
  /** What it means for mail, as a sentence. */
  meaning: string;
}

/** What changes of one thing at SendGrid. */
export interface SenderReport {
  kind: "domain" | "links" | "validation" | "API key" | "single sender" | "subuser" | "address";
  /** What people call it: the domain, the key's name, the address. */
  name: string;
  change: "added" | "changed" | "replaced" | "removed" | "adopted" | "rotated";
  urn: string;
  details: Difference[];
  /** What it means for mail, as sentences; empty where it means nothing. */
  meaning: string;
}
