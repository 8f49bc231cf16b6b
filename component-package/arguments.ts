import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

declare module "zod" {
  interface GlobalMeta {
    /** The property may be the output of a resource, of this plain type. All others are plain values. */
    input?: "string";
  }
}

// The arguments of the component package: what a program in any language can write. Functions and unions can't
// cross languages, so a choice is an object of which exactly one member is given, and each component's other
// arguments have the names that they have in TypeScript.

/** A text that a resource may give, known after the update only. */
function text(description: string, { secret = false } = {}) {
  return z
    .custom<pulumi.Input<string>>((value) => typeof value === "string" || pulumi.Output.isInstance(value), {
      error: ({ input }) => (input === undefined ? "is missing" : "is not a text"),
    })
    .meta({ description, input: "string", ...(secret && { secret }) });
}

const secretText = (description: string) => text(description, { secret: true });
const texts = (description: string) => z.array(z.string()).optional().meta({ description });
const whole = (description: string) => z.int().optional().meta({ description });
const yesOrNo = (description: string) => z.boolean().optional().meta({ description });
const word = (description: string) => z.string().optional().meta({ description });
const oneOf = <const Words extends readonly string[]>(words: Words, description: string) =>
  z
    .enum(words)
    .optional()
    .meta({ description: `${description} One of ${words.map((each) => `\`${each}\``).join(", ")}.` });

const Cloudflare = z
  .strictObject({ zoneId: text("The zone's id, 32 hexadecimal digits, shown on its overview page.") })
  .meta({ typeName: "Cloudflare", description: "A Cloudflare zone." });
const Route53 = z
  .strictObject({
    zoneId: text("The hosted zone's id, such as `Z0123456789ABCDEFGHIJ`."),
    otherTexts: z.record(z.string(), z.array(z.string())).optional().meta({
      description:
        "TXT texts that a name has for other purposes, by name: in Route 53 all TXT records of a name are one record set.",
    }),
  })
  .meta({ typeName: "Route53", description: "A Route 53 hosted zone." });
const Dns = z
  .strictObject({
    cloudflare: Cloudflare.optional().meta({ description: "Records in a Cloudflare zone." }),
    route53: Route53.optional().meta({ description: "Record sets in a Route 53 hosted zone." }),
    manual: yesOrNo("True where a person publishes the records: they are outputs, and nothing is made."),
  })
  .meta({ typeName: "Dns", description: "Where a domain's records are published. Give exactly one." });
/** Where a domain's records are published: exactly one member is given. */
export type DnsArguments = z.output<typeof Dns>;

const publication = {
  dns: Dns.meta({ description: "Where the domain's records are published." }),
  adopt: z.record(z.string(), z.string()).optional().meta({
    description:
      "Records that exist already: by a record's key, such as `spf` or `dmarc`, the id that the host's provider imports.",
  }),
  reportHosts: z.record(z.string(), Dns).optional().meta({
    description:
      "By the domains of report addresses, where their DNS is: the record with which they agree to get the reports is published there (RFC 9990 section 4).",
  }),
  dnsResolver: word(
    "Who is asked, in the preview too, what an SPF or DMARC record leads to: `system` for this machine's resolver, an address such as `192.0.2.53:53`, or `none`. Default `none`.",
  ),
};

const Spf = z
  .strictObject({
    include: texts("Domains whose SPF records apply too, such as `_spf.google.com`. Each spends a lookup."),
    addresses: texts("Addresses or CIDR ranges, IPv4 and IPv6. They spend no lookup."),
    a: texts("Hosts whose addresses send; each spends a lookup."),
    mx: texts("Domains whose mail exchangers send; each spends a lookup."),
    all: oneOf(
      ["softfail", "fail", "neutral"],
      "What receivers do with everybody else. Default `softfail`, which marks.",
    ),
    redirect: word("The domain whose record decides about everybody else, in place of `all`."),
    existing: word("The record as it is published today, unquoted: the terms above are added to it."),
  })
  .meta({ typeName: "Spf", description: "Who may use the domain as return path (RFC 7208)." });
const POLICIES = ["none", "quarantine", "reject"] as const;
const FAILURES = ["all-fail", "any-fail", "dkim", "spf"] as const;
const Dmarc = z
  .strictObject({
    publish: yesOrNo("False where somebody else keeps the domain's policy: no record is made. Default true."),
    policy: oneOf(
      POLICIES,
      "What receivers do with mail that fails. Default `none`, which asks for reports only.",
    ),
    subdomainPolicy: oneOf(POLICIES, "For existing subdomains (tag sp). Default: `policy`."),
    nonexistentSubdomainPolicy: oneOf(
      POLICIES,
      "For subdomains that do not exist (tag np). Default: `subdomainPolicy`.",
    ),
    reportsTo: texts("Mail addresses for the daily aggregate reports (tag rua, RFC 9990)."),
    failureReportsTo: texts("Mail addresses for failure reports on single messages (tag ruf, RFC 9991)."),
    failureReporting: z
      .array(z.enum(FAILURES))
      .optional()
      .meta({
        description: `When failure reports are wanted (tag fo): ${FAILURES.join(", ")}. Default all-fail.`,
      }),
    dkimAlignment: oneOf(
      ["relaxed", "strict"],
      "Alignment of the DKIM domain (tag adkim). Default `relaxed`.",
    ),
    spfAlignment: oneOf(["relaxed", "strict"], "Alignment of the return path (tag aspf). Default `relaxed`."),
    testing: yesOrNo("Tag t: receivers apply the policy one level lower. Default false."),
    publicSuffix: yesOrNo("Tag psd: whether others own the names below. Default: receivers find out."),
    reviewBy: word("The day, YYYY-MM-DD, on which the policy is to be looked at again. Changes no record."),
  })
  .meta({ typeName: "Dmarc", description: "What the domain publishes at `_dmarc` (RFC 9989)." });
/** DMARC settings, and whether they are published. */
export type DmarcArguments = z.output<typeof Dmarc>;

const Dkim = z
  .strictObject({
    selector: z.string().meta({ description: "The selector, without `._domainkey` and the domain." }),
    cname: word("The name of the host's key record. Give this or `publicKey`."),
    publicKey: word("The public key, base64, as the host shows it. Give this or `cname`."),
    keyType: oneOf(["rsa", "ed25519"], "The key's algorithm. Default `rsa`."),
  })
  .meta({
    typeName: "Dkim",
    description: "How a smart host signs: a record that points to its key, or the key.",
  });
/** One DKIM selector: `cname` or `publicKey` is given. */
export type DkimArguments = z.output<typeof Dkim>;

const SecretPassword = z
  .strictObject({
    secretArn: text("The complete ARN of an existing secret in the relay's region."),
    field: word("The field of its JSON object that has the password. Default: the secret's whole text."),
    kmsKeyId: text("The ARN of the customer managed key that encrypts it. Default: AWS's own.").optional(),
  })
  .meta({ typeName: "SecretPassword", description: "A password that is kept in AWS Secrets Manager." });

const port = whole("The port; default 587. 25 is for an internal host only.");
const dkim = z.array(Dkim).optional().meta({ description: "The DKIM records or keys that the host shows." });
const SendGrid = z
  .strictObject({
    port: whole("587 (the default), 2525 or 465."),
    region: oneOf(["global", "eu"], "Where the account's data lives. Default `global`."),
    apiKey: secretText("The API key to send with, for a relay by itself. A MailRelay makes one.").optional(),
  })
  .meta({ typeName: "SendGrid", description: "SendGrid's SMTP service." });
const Ses = z
  .strictObject({
    region: z
      .string()
      .meta({ description: "The AWS region of the verified identity, such as eu-central-1." }),
    user: z.string().meta({ description: "The SMTP user name; not an access key of the API." }),
    password: secretText("The SMTP password; not the secret access key.").optional(),
    port,
    dkim,
  })
  .meta({ typeName: "Ses", description: "Amazon SES." });
const Mailgun = z
  .strictObject({
    region: oneOf(["us", "eu"], "Where Mailgun keeps the domain. Default `us`."),
    user: z.string().meta({ description: "The SMTP user: the whole address." }),
    password: secretText("The SMTP user's password; not an API key.").optional(),
    port,
    dkim,
  })
  .meta({ typeName: "Mailgun", description: "Mailgun." });
const Postmark = z
  .strictObject({
    accessKey: z.string().meta({ description: "The SMTP token's access key, the user name." }),
    secretKey: secretText("The SMTP token's secret key, the password.").optional(),
    stream: oneOf(["transactional", "broadcast"], "The token's message stream. Default `transactional`."),
    port,
    dkim,
  })
  .meta({ typeName: "Postmark", description: "Postmark." });
const Mailjet = z
  .strictObject({
    apiKey: z.string().meta({ description: "The API key, the user name." }),
    secretKey: secretText("The secret key, the password.").optional(),
    port,
    dkim,
  })
  .meta({ typeName: "Mailjet", description: "Mailjet. It needs at least one DKIM record." });
const Custom = z
  .strictObject({
    host: z.string().meta({ description: "Its SMTP name; the certificate must be valid for it." }),
    port: whole("The port. Default 587; 465 means TLS from the first byte."),
    user: z.string().meta({ description: "The SASL user name." }),
    password: secretText("The SASL password.").optional(),
    dkim,
    spfInclude: word("The domain whose SPF record names the host's addresses."),
    internal: yesOrNo("True for a host of your own inside the private network. Default false."),
    maxMessageBytes: whole("The largest message in bytes (its EHLO SIZE)."),
    maxMessagesPerConnection: whole("How many messages it takes on one connection."),
    maxConnections: whole("How many connections it takes at once from one client. Default 20."),
  })
  .meta({ typeName: "CustomHost", description: "A smart host without a preset." });
const Internal = z
  .strictObject({
    host: z.string().meta({ description: "Its private IPv4 address; or its name, on another port than 25." }),
    port: whole("The port. Default 25."),
    tls: oneOf(
      ["may", "encrypt", "starttls"],
      "`may` (the default) takes TLS where it is offered, `encrypt` demands it, `starttls` verifies it too.",
    ),
    maxMessageBytes: whole("The largest message in bytes (its EHLO SIZE)."),
  })
  .meta({
    typeName: "InternalHost",
    description: "A mail server inside the private network, without a login.",
  });
const SmartHost = z
  .strictObject({
    sendgrid: SendGrid.optional().meta({ description: "SendGrid." }),
    ses: Ses.optional().meta({ description: "Amazon SES." }),
    mailgun: Mailgun.optional().meta({ description: "Mailgun." }),
    postmark: Postmark.optional().meta({ description: "Postmark." }),
    mailjet: Mailjet.optional().meta({ description: "Mailjet." }),
    custom: Custom.optional().meta({ description: "Another smart host with a login." }),
    internal: Internal.optional().meta({
      description: "A host inside the private network, without a login.",
    }),
    passwordSecret: SecretPassword.optional().meta({
      description: "Where the password is, in place of the one above; not with MailRelay's own smart host.",
    }),
  })
  .meta({
    typeName: "SmartHost",
    description: "A host that takes mail. Give exactly one, and its password.",
  });
/** A host that takes mail: exactly one member besides `passwordSecret` is given. */
export type SmartHostArguments = z.output<typeof SmartHost>;

const Route = z
  .strictObject({
    name: z
      .string()
      .meta({ description: "What the route is called: at most 20 letters, digits and hyphens." }),
    senders: texts("Domains and addresses whose mail takes this route."),
    recipients: texts("Domains and addresses to which mail takes this route. They win over senders."),
    smartHost: SmartHost.meta({ description: "Where this mail goes." }),
  })
  .meta({ typeName: "Route", description: "Mail that leaves by another host." });
const Submission = z
  .strictObject({
    users: secretText("A line `NAME:{SCHEME}HASH` for each user. Give this or `usersSecret`.").optional(),
    usersSecret: SecretPassword.optional().meta({ description: "The secret that has the users." }),
    certificate: secretText(
      "Private key, certificate and intermediate certificates in PEM. Give this or `certificateSecret`.",
    ).optional(),
    certificateSecret: SecretPassword.optional().meta({
      description: "The secret that has the certificate.",
    }),
    serverName: word("The name that clients connect to. Default: `hostName`."),
    senders: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .meta({ description: "By login, what it may send from: addresses and whole domains." }),
    from: texts("The IPv4 ranges that reach 587 and 465, as CIDR. Default: everybody."),
  })
  .meta({ typeName: "Submission", description: "Logins for clients outside of the ranges, on 587 and 465." });
const ClientLimits = z
  .strictObject({
    messagesPerMinute: whole("Messages a minute. Default: no limit."),
    recipientsPerMinute: whole("Recipients a minute, of all messages together. Default: no limit."),
    connections: whole("Connections at the same time, 1 to 100. Default 50."),
  })
  .meta({ typeName: "ClientLimits", description: "What one client address may do within a minute." });
const Upgrades = z
  .strictObject({
    enabled: yesOrNo("False leaves upgrades to the image's own way. Default true."),
    reboot: yesOrNo("False: the server never restarts by itself, whatever `rebootAt` says. Default true."),
    rebootAt: word("When the server may restart, as `HH:MM` in UTC. Default `03:30`."),
  })
  .meta({ typeName: "Upgrades", description: "Security upgrades that the server installs by itself." });
const SsmAgent = z
  .strictObject({
    version: z.string().meta({ description: "The agent's release, such as 3.3.1957.0." }),
    sha256: z.string().meta({ description: "The SHA-256 of its .deb for the instance's architecture." }),
  })
  .meta({ typeName: "SsmAgent", description: "Amazon's Systems Manager agent, for a shell without a port." });
const Address = z
  .strictObject({
    zoneId: text("The Route 53 hosted zone's id."),
    name: z.string().meta({ description: "The whole name of the A record, such as mail.example.com." }),
    ttl: whole("How long clients may keep the address, in seconds: 0 to 86400. Default 60."),
  })
  .meta({ typeName: "Address", description: "A name that always leads to the server." });
const Alarms = z
  .strictObject({
    topicArn: text("The SNS topic that is told; a standard topic of the relay's region."),
    queueLength: whole("More messages than these in the queue, for 5 minutes. Default 1000."),
    oldestSeconds: whole("A message older than this, in seconds. At least 60, default 1800."),
    authFailures: whole(
      "So many logins refused, or not tried because one just was, within 5 minutes. Default 1.",
    ),
    tlsFailures: whole("So many sessions without verified TLS within 5 minutes. Default 1."),
    bounced: whole("So many recipients given up within 5 minutes. Default 10."),
    diskPercent: whole("So much of the queue volume in use, in percent. Default 80."),
  })
  .meta({ typeName: "Alarms", description: "Who is told what goes wrong, and from which values on." });

const server = {
  fallbacks: z
    .array(SmartHost)
    .optional()
    .meta({ description: "Smart hosts that take the mail when the first cannot, in order, at most three." }),
  routes: z.array(Route).optional().meta({
    description: "Mail of some senders, or to some recipients, that leaves by another host; at most eight.",
  }),
  clients: texts("CIDR ranges that may relay. 0.0.0.0/0 is refused. Default: the VPC's own range."),
  clientSecurityGroups: z.record(z.string(), text("A security group's id.")).optional().meta({
    description: "Security groups whose members may relay, each under a name that tells them apart.",
  }),
  submission: Submission.optional().meta({ description: "Logins. Default: nobody logs in." }),
  instanceType: word("The EC2 instance type. Default `t4g.micro`."),
  debian: whole("The Debian release: 13 (the default) or 12."),
  image: word("An image of that release. Default: the newest, looked up once and then kept."),
  kmsKeyId: text(
    "The ARN of a customer managed KMS key for passwords and disks, given when the relay is made. Default: AWS's own keys.",
  ).optional(),
  metrics: yesOrNo("Sends metrics to CloudWatch every minute. Default false."),
  bounceAddress: word(
    "Who is told about mail that could not be delivered. Default: it is kept on the server.",
  ),
  senders: texts("The domains that may be the envelope sender. Default: every sender."),
  masquerade: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: "Addresses that take the place of others when mail leaves." }),
  hideClients: yesOrNo("Hides the clients from receivers. Default false."),
  clientLimits: ClientLimits.optional().meta({ description: "What one client may do within a minute." }),
  upgrades: Upgrades.optional().meta({
    description: "Security upgrades. Default: on, restart at 03:30 UTC.",
  }),
  ssmAgent: SsmAgent.optional().meta({ description: "Installs the Systems Manager agent. Default: not." }),
  subnetId: text(
    "The server's subnet. Default: the default VPC's first default subnet where the instance type is offered.",
  ).optional(),
  queueVolumeSize: whole("Size of the queue volume in GiB. Default 8."),
  address: Address.optional().meta({
    description: "A name for clients. Default: the server's private address.",
  }),
  alarms: Alarms.optional().meta({ description: "Alarms and a dashboard. Turns metrics on. Default: none." }),
};
const Relay = z
  .strictObject({ hostName: word("The relay's own name. Default `relay.` and the domain."), ...server })
  .meta({ typeName: "Relay", description: "The server of a MailRelay." });
const Sender = z
  .strictObject({
    address: z.string().meta({ description: "The address that applications use as From; in the domain." }),
  })
  .meta({ typeName: "Sender", description: "Who sends." });
const Links = z
  .strictObject({
    subdomain: word("Label of the links below the domain. Default `links`."),
    isDefault: yesOrNo("Whether links of the account's other domains are branded too. Default: as it is."),
  })
  .meta({ typeName: "Links", description: "Branded links: click tracking under a name of the domain." });
const KeyRotation = z
  .strictObject({
    trigger: word("Any text; a change of it rotates the key, such as `2026-12`."),
    gracePeriodSeconds: whole("Seconds until the old key is deleted; 0 to 86,400, default 900."),
  })
  .meta({ typeName: "KeyRotation", description: "When the relay's API key is made anew." });
const Identity = z
  .strictObject({
    subdomain: word("Label of the return path below the domain. Default `em`."),
    dkimSelector: word("Three characters of a-z and 0-9. Default: SendGrid's own."),
    security: oneOf(["automatic", "manual"], "Who keeps SPF and keys. Default `automatic`: SendGrid."),
    links: Links.optional().meta({ description: "Branded links. Default: links show SendGrid's name." }),
    adoptExisting: yesOrNo("Whether what the account has already is taken over. Default false."),
    validationTimeout: whole("Seconds to wait until SendGrid sees the records. Default 600."),
    keyRotation: KeyRotation.optional().meta({ description: "Rotation of the key. Default: never." }),
  })
  .meta({ typeName: "Identity", description: "SendGrid's settings of the identity." });
const Record = z
  .strictObject({
    key: z.string().meta({ description: "Stable within a domain; becomes part of the resource's name." }),
    purpose: z.string().meta({ description: "What the record is for; at most 100 characters." }),
    name: text("The full name."),
    type: z.enum(["CNAME", "MX", "TXT"]).meta({ description: "One of `CNAME`, `MX`, `TXT`." }),
    value: text("TXT: the text, unquoted. CNAME and MX: the target."),
    priority: whole("MX preference."),
    ttl: whole("Seconds. Default: the DNS host's automatic value."),
  })
  .meta({ typeName: "Record", description: "One DNS record that mail needs." });
const AuthenticatedBy = z
  .strictObject({
    returnPath: word("Domain of the return path, which SPF is checked for."),
    dkimDomain: word("Domain in the DKIM signature (d=)."),
  })
  .meta({ typeName: "AuthenticatedBy", description: "What a service authenticates mail by, in A-labels." });

const domain = z.string().meta({ description: "The domain of the From addresses." });
const spf = Spf.optional().meta({
  description: "SPF for the domain itself as return path. Default: no record.",
});
const dmarc = Dmarc.optional().meta({ description: "Default: policy `none` without reports." });

/** The arguments of MailRelay. */
export const MailRelayArguments = z.strictObject({
  domain,
  ...publication,
  sender: Sender.meta({ description: "Who sends." }),
  spf,
  dmarc,
  identity: Identity.optional().meta({ description: "SendGrid's settings of the identity." }),
  smartHost: SmartHost.optional().meta({ description: "The host that takes all mail. Default: SendGrid." }),
  relay: Relay.optional().meta({ description: "The server." }),
});
/** The arguments of MailDns. */
export const MailDnsArguments = z.strictObject({
  domain,
  ...publication,
  records: z
    .array(Record)
    .optional()
    .meta({ description: "What the sending service asks for: return path and DKIM keys." }),
  spf,
  dmarc,
  sender: AuthenticatedBy.optional().meta({ description: "What mail is authenticated by." }),
});
/** The arguments of PostfixRelay. */
export const PostfixRelayArguments = z.strictObject({
  hostName: z.string().meta({ description: "The relay's own name, such as relay.example.com." }),
  smartHost: SmartHost.meta({ description: "The host that takes all mail, with its password." }),
  ...server,
});
