import type { Finding } from "../../components/mail-dns/finding";

/** Whether the stack has been brought up: `planned` is a preview, `deployed` a state. */
export type SubjectSource = "planned" | "deployed";

/** What a stack wants or has, as far as mail is concerned. */
export interface Subject {
  /** The stack's name, where it is known. */
  stack?: string;
  source: SubjectSource;
  /** The domains that mail is sent from, by name. */
  domains: SubjectDomain[];
  /** Sender identities at SendGrid. */
  identities: SendGridIdentity[];
  /** API keys that the stack made. */
  keys: SendGridKey[];
  /** The hosts that the relays hand mail to, each once. */
  smartHosts: SmartHostTarget[];
  /** Servers that run the module's Postfix. */
  relays: RelayTarget[];
  /** For which account SendGrid is asked, as the stack's provider is set. */
  sendGridAccess: SendGridTarget;
  /** What the preview itself refused or warned of, each thing once. Empty for a state. */
  refusals: Finding[];
}

/** One domain with the records that its mail needs. */
export interface SubjectDomain {
  /** Lower case, without trailing dot. */
  domain: string;
  records: SubjectRecord[];
  /** The return path's domain, where it is known. */
  returnPath?: string;
  /** Whether mail is signed with d= this domain. */
  hasDkim: boolean;
}

/** What a record is for. */
export type RecordPurpose = "spf" | "dkim" | "dmarc" | "return-path" | "report-consent" | "mx" | "other";

/** A record as the stack declares it. */
export interface SubjectRecord {
  /** Lower case, without trailing dot. */
  name: string;
  type: string;
  purpose: RecordPurpose;
  /** TXT: the texts, unquoted. CNAME: the target. MX: the target; all without trailing dot. Undefined: not known yet. */
  values: string[] | undefined;
  /** Preference of an MX record. */
  priority?: number;
  /** Whether it is (going to be) behind the DNS host's proxy, which hides it from mail servers. */
  proxied: boolean;
  /** Not published yet: the next update makes it. */
  planned: boolean;
  /** Who holds it, in words: "Cloudflare". */
  host: string;
}

/** An authenticated domain at SendGrid. */
export interface SendGridIdentity {
  /** SendGrid's id; undefined until it is made. */
  id?: string;
  domain: string;
  subdomain?: string;
  /** Where mail is processed. */
  region: "global" | "eu";
  /** The subuser that it belongs to. */
  subuser?: string;
  /** Whether the records are CNAMEs behind which SendGrid keeps the keys. */
  automaticSecurity: boolean;
  /** Whether the stack wants it to be the account's default; undefined: the stack does not say. */
  isDefault?: boolean;
  /** Whether the stack takes over what the account has under this name already. */
  adopts: boolean;
}

/** An API key at SendGrid. Its text is never read. */
export interface SendGridKey {
  /** SendGrid's id, no secret; undefined until it is made. */
  id?: string;
  name: string;
  /** Undefined where they are not known. */
  scopes: string[] | undefined;
}

/** A host that takes all mail of a relay. */
export interface SmartHostTarget {
  /** The name that its certificate has to show, or an address. */
  host: string;
  port: number;
  /** As `SmartHostEndpoint.tls`. */
  tls: "starttls" | "wrapper" | "may" | "encrypt";
}

/** A server that applications send to. */
export interface RelayTarget {
  /** Its name in the program, such as `mail-debian13-arm64`. */
  name: string;
  /** Its name in HELO, as main.cf has it. */
  hostName?: string;
  /** The address or name for clients; undefined until it is made. */
  host?: string;
  /** Ports on which it takes mail, such as 587 and 25. */
  ports: number[];
  instanceId?: string;
  region?: string;
  smartHosts: SmartHostTarget[];
}

/** Which account at SendGrid. */
export interface SendGridTarget {
  region: "global" | "eu";
  baseUrl?: string;
  onBehalfOf?: string;
}
