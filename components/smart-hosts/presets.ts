import type * as pulumi from "@pulumi/pulumi";
import type { DkimDeclaration } from "../mail-dns/dkim/record";
import { refuse } from "../refuse";
import type { GenericSmartHost } from "./generic";
import { MAIL_SERVICES, type MailService, portsOf, tlsOn } from "./services";

/** What every preset takes besides its credential. */
export interface PresetArgs {
  /** One of the service's ports ({@link MAIL_SERVICES}); default 587. Another one is refused with the list. */
  port?: number;
  /** The DKIM records or keys that the service shows for the domain. Without one, nothing aligned signs the mail. */
  dkim?: DkimDeclaration[];
}

export interface SesArgs extends PresetArgs {
  /** The AWS region of the verified identity, such as eu-central-1. */
  region: string;
  /** The SMTP user name; not an access key of the API, though it looks like one. */
  user: string;
  /** The SMTP password; not the secret access key, from which it is derived for each region. */
  password: pulumi.Input<string>;
}

/**
 * Amazon SES. Its return path is a subdomain of amazonses.com, or your custom MAIL FROM subdomain with an SPF record
 * of its own, so the domain's SPF record needs nothing (SES, "Authenticating Email with SPF in Amazon SES").
 *
 * @throws RunError for what is no region, and for China's, whose endpoint's name is another
 */
export function ses({ region, user, password, ...args }: SesArgs): GenericSmartHost {
  if (!/^(?!cn-)[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region)) {
    const reason = "is not a region with an endpoint under amazonaws.com";
    const next =
      "Give the identity's region, such as eu-central-1; for an endpoint of another name use smartHost().";
    refuse("ses()", [{ path: "region", value: region, reason, next }]);
  }
  return preset(MAIL_SERVICES.ses, `email-smtp.${region}.amazonaws.com`, user, password, args);
}

export interface MailgunArgs extends PresetArgs {
  /** Where Mailgun keeps the domain. Default `us`. */
  region?: "us" | "eu";
  /** The SMTP user: the whole address, such as postmaster@mg.example.com. */
  user: string;
  /** The SMTP user's password; not an API key. */
  password: pulumi.Input<string>;
}

/**
 * Mailgun. Its return path is in the sending domain itself, so that domain's SPF record includes Mailgun's
 * (docs/decisions/smart-host-presets.md has what is known of the EU's). Use it with the domain as Mailgun has it,
 * often a subdomain.
 */
export function mailgun({ region = "us", user, password, ...args }: MailgunArgs): GenericSmartHost {
  const zone = region === "eu" ? "eu.mailgun.org" : "mailgun.org";
  return { ...preset(MAIL_SERVICES.mailgun, `smtp.${zone}`, user, password, args), spfInclude: zone };
}

export interface PostmarkArgs extends PresetArgs {
  /** The SMTP token's access key, the user name. It belongs to one message stream. */
  accessKey: string;
  /** The SMTP token's secret key, the password. */
  secretKey: pulumi.Input<string>;
  /** The kind of the token's message stream: broadcasts have a host of their own. Default `transactional`. */
  stream?: "transactional" | "broadcast";
}

/**
 * Postmark by SMTP token ("What are the SMTP details / API Tokens I should be using?"). Its return path is pm.mtasv.net
 * or your custom one, a CNAME to it, so the domain's SPF record needs nothing.
 */
export function postmark({
  accessKey,
  secretKey,
  stream = "transactional",
  ...args
}: PostmarkArgs): GenericSmartHost {
  const host = stream === "broadcast" ? "smtp-broadcasts.postmarkapp.com" : "smtp.postmarkapp.com";
  return preset(MAIL_SERVICES.postmark, host, accessKey, secretKey, args);
}

export interface MailjetArgs extends PresetArgs {
  /** The API key, the user name. */
  apiKey: string;
  /** The secret key, the password. */
  secretKey: pulumi.Input<string>;
  /** At least one: Mailjet's return path is its own, so DMARC passes by DKIM alone. */
  dkim: [DkimDeclaration, ...DkimDeclaration[]];
}

/**
 * Mailjet. It shows a domain as authenticated only if the domain's SPF record includes Mailjet's (Mailjet,
 * "Authenticating Domains with SPF & DKIM"), although receivers look at the return path's.
 */
export function mailjet({ apiKey, secretKey, ...args }: MailjetArgs): GenericSmartHost {
  return {
    ...preset(MAIL_SERVICES.mailjet, "in-v3.mailjet.com", apiKey, secretKey, args),
    spfInclude: "spf.mailjet.com",
    hasOwnReturnPath: true,
  };
}

function preset(
  service: MailService,
  host: string,
  user: string,
  password: pulumi.Input<string>,
  { port = 587, dkim = [] }: PresetArgs,
): GenericSmartHost {
  const { name, maxMessageBytes, maxMessagesPerConnection, maxConnections } = service;
  return {
    kind: "generic",
    password,
    dkim,
    endpoint: {
      name,
      host,
      port,
      tls: tlsOn(service, port),
      user,
      ports: portsOf(service),
      maxMessageBytes,
      maxMessagesPerConnection,
      maxConnections,
    },
  };
}
