import type { RelaySettings } from "../settings";
import { clientLimitLines } from "./client-limits";
import { clientRangeLines } from "./clients";
import { concurrencyLines } from "./concurrency";
import { reuseParameters } from "./connection-reuse";
import { hiddenClientLines } from "./hidden-clients";
import { loginSenderLines } from "./login-senders";
import { addressLines } from "./masquerade";
import { recipientRouteLines, routeConcurrencyLines, senderRouteLines } from "./routes";
import { senderLines } from "./senders";
import { nextHop, smallestLimit, smartHostList } from "./smart-host-list";
import { clientRestrictions, submissionLines } from "./submission";
import { tlsOptions } from "./transport";

/** Where the fetched password is: a texthash table, mode 0600, that the credential script writes. */
export const CREDENTIAL_FILE = "/etc/postfix/smarthost-credential";
/** Where the password of a route is: a table of its own, because two routes may have the same host. */
export function passwordTable(route: string): string {
  return `${CREDENTIAL_FILE}-${route}`;
}

/** The relay's own key and self-signed certificate, made at first boot. */
export const TLS_FILE = "/etc/postfix/smarthost-tls.pem";
/** Where Postfix keeps its queue, and where the queue volume is mounted. */
export const QUEUE_DIRECTORY = "/var/spool/postfix";
/** Keeps notices of undeliverable mail where no bounce address is given. */
export const NOTICES_DIRECTORY = `${QUEUE_DIRECTORY}/notices`;
/** Postfix's user and group, the same on every server; see queue-volume.ts. */
export const POSTFIX_ID = 825;

/** What the relay adds to a message on its way: a Received header, at most a few hundred bytes. */
const HEADER_HEADROOM = 16_384;

/**
 * Failures that smtp(8) takes for final and that say nothing of the message: the smart host's name is not found, 5xx to
 * EHLO or STARTTLS, the relay taken for itself, no login offered (530, RFC 4954 section 6). Postfix itself defers some of
 * them where `relayhost` is one host; here it may be several, or a route's.
 */
const NOT_THE_MESSAGE = [
  ...["Host or domain", "Name service", "unable to look", "TLS is required", "mail for [^ ]+ loops"],
  "host [^ ]+ (refused|said: 530)",
];

/** The transport of the smart host; what differs from STARTTLS and a login needs one of its own (see master-cf.ts). */
export function transportName(settings: RelaySettings): "smtp" | "smarthost" {
  return smartHostOptions(settings).length > 0 ? "smarthost" : "smtp";
}

/** What the smart host's transport has beside main.cf, as options of smtp(8). */
export function smartHostOptions(settings: RelaySettings): string[] {
  const hasLogin = smartHostList(settings).some(({ endpoint }) => endpoint.user !== undefined);
  return [...tlsOptions(settings.smartHost), ...(hasLogin ? [] : ["smtp_sasl_auth_enable=no"])];
}

/** Postfix's main.cf; settings have passed `checkRelaySettings`. Parameters are explained in postconf(5). */
export function renderMainCf(settings: RelaySettings): string {
  return [
    identity(settings),
    clients(settings),
    clientLimitLines(settings),
    submissionLines(settings),
    loginSenderLines(settings.submission?.senders),
    senderLines(settings),
    clientTls(),
    smartHost(settings),
    smartHostTls(),
    smartHostLogin(),
    connections(settings),
    retries(settings),
    notices(settings),
    recipientRouteLines(settings),
    routeConcurrencyLines(settings),
    addressLines(settings),
    hiddenClientLines(settings),
    nothingLocal(settings),
  ]
    .filter((group) => group.length > 0)
    .map((group) => `${group.join("\n")}\n`)
    .join("\n");
}

function identity({ hostName, bounceAddress }: RelaySettings): string[] {
  const origin =
    bounceAddress === undefined ? "$myhostname" : bounceAddress.slice(bounceAddress.lastIndexOf("@") + 1);
  return [
    "# The name in HELO; and the domain in the notices' From, which the smart host must take as sender.",
    "compatibility_level = 3.6",
    `myhostname = ${hostName}`,
    `myorigin = ${origin}`,
    "inet_interfaces = all",
    "inet_protocols = ipv4",
  ];
}

function clients(settings: RelaySettings): string[] {
  const restrictions = clientRestrictions(settings);
  return [
    "# Never an open relay: these addresses may hand in mail, and who logs in where logins are on; nobody else may.",
    "mynetworks = 127.0.0.0/8",
    ...clientRangeLines(settings.clients),
    `smtpd_client_restrictions = ${restrictions}`,
    `smtpd_relay_restrictions = ${restrictions}`,
    "# Those do not see RCPT TO:<postmaster>, which smtpd takes from everybody.",
    `smtpd_data_restrictions = ${restrictions}`,
    "disable_vrfy_command = yes",
    "# Against SMTP smuggling; clients are not exempt, because they are the only ones who connect.",
    "smtpd_forbid_bare_newline = normalize",
    "smtpd_forbid_bare_newline_exclusions =",
    "smtpd_forbid_unauth_pipelining = yes",
  ];
}

function clientTls(): string[] {
  return [
    "# STARTTLS for clients that want it; self-signed, so it hides the mail but proves nothing.",
    "smtpd_tls_security_level = may",
    "smtpd_tls_protocols = >=TLSv1.2",
    `smtpd_tls_chain_files = ${TLS_FILE}`,
    "smtpd_tls_loglevel = 1",
  ];
}

function smartHost(settings: RelaySettings): string[] {
  const hops = smartHostList(settings).map(({ endpoint }) => nextHop(endpoint));
  const transport = `default_transport = ${transportName(settings)}`;
  if (hops.length === 1) {
    return [
      "# All mail goes to the smart host; named twice, so that a failed attempt is repeated at once.",
      `relayhost = ${hops[0]}, ${hops[0]}`,
      transport,
    ];
  }
  return [
    "# All mail goes to the first smart host that can be reached; each new connection begins with the first.",
    `relayhost = ${hops.join(", ")}`,
    transport,
    "# A connection to a host behind the first is used again too, so after this time the first is asked.",
    "smtp_connection_reuse_time_limit = 60s",
    "# One that is down must not hold up the mail: at most two of its addresses, five seconds each.",
    "smtp_mx_address_limit = 2",
    "smtp_connect_timeout = 5s",
    "smtp_helo_timeout = 30s",
    "smtp_starttls_timeout = 30s",
  ];
}

function smartHostTls(): string[] {
  return [
    "# No login and no mail without TLS and a certificate for that very name; weaker levels can be stripped.",
    "smtp_tls_security_level = secure",
    "smtp_tls_secure_cert_match = nexthop",
    "smtp_tls_servername = hostname",
    "smtp_tls_mandatory_protocols = >=TLSv1.2",
    "smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt",
    "smtp_tls_loglevel = 1",
  ];
}

function smartHostLogin(): string[] {
  return [
    "# The password is fetched at boot and then every few minutes; it never stands in this file.",
    "smtp_sasl_auth_enable = yes",
    `smtp_sasl_password_maps = texthash:${CREDENTIAL_FILE}`,
    "smtp_sasl_security_options = noanonymous, noplaintext",
    "smtp_sasl_tls_security_options = noanonymous",
    "# One that the smart host refused is not tried again for a minute: the next messages wait without a login.",
    "smtp_sasl_auth_cache_name = proxy:btree:$data_directory/smtp_sasl_auth_cache",
    "smtp_sasl_auth_cache_time = 60s",
  ];
}

function connections(settings: RelaySettings): string[] {
  return [
    "# Many messages over one TLS session, by the tlsproxy service.",
    "smtp_tls_connection_reuse = yes",
    ...reuseParameters(smallestLimit(settings, "maxMessagesPerConnection")).map(
      ({ name, value }) => `${name} = ${value}`,
    ),
    ...concurrencyLines(settings, transportName(settings)),
  ];
}

function retries(settings: RelaySettings): string[] {
  const maxMessageBytes = smallestLimit(settings, "maxMessageBytes");
  return [
    "# Through an outage: try again after one minute, later every 15, give up after 5 days.",
    "queue_run_delay = 60s",
    "minimal_backoff_time = 60s",
    "maximal_backoff_time = 15m",
    "maximal_queue_lifetime = 5d",
    "bounce_queue_lifetime = 1d",
    "# A transport has one destination only: failed connections must not stop all its mail. Nor may it have fewer for them,",
    "# of which a few that hang would take up all, for the ten minutes that Postfix waits for an answer.",
    "default_destination_concurrency_negative_feedback = 0",
    "default_destination_concurrency_failed_cohort_limit = 0",
    "# Only the answer to a message gives it up; what a smart host says before it has seen one does not.",
    `smtp_delivery_status_filter = regexp:{ {/^5(\\.[0-9.]+ (${NOT_THE_MESSAGE.join("|")}).*)/ 4$$1} }`,
    ...(maxMessageBytes === undefined
      ? []
      : [
          "# What the smart host takes, less the header that is added here.",
          `message_size_limit = ${maxMessageBytes - HEADER_HEADROOM}`,
        ]),
  ];
}

function notices(settings: RelaySettings): string[] {
  const { hostName, bounceAddress } = settings;
  const address = bounceAddress ?? `notices@${hostName}`;
  return [
    "# Smart hosts refuse mail without an envelope sender. From clients it is refused at once; the relay's",
    "# own bounces become notices, which leave with the address here as sender.",
    ...senderRouteLines(settings),
    "notify_classes = resource, software, 2bounce",
    `2bounce_notice_recipient = ${address}`,
    `error_notice_recipient = ${address}`,
    "smtpd_discard_ehlo_keywords = silent-discard, dsn",
  ];
}

function nothingLocal({ hostName, bounceAddress }: RelaySettings): string[] {
  const shared = [
    "mydestination =",
    "local_transport = error:5.1.1 no mailboxes here",
    "local_recipient_maps =",
    "alias_maps =",
    "alias_database =",
    "biff = no",
  ];
  if (bounceAddress !== undefined) {
    return ["# No mailboxes here.", ...shared];
  }
  return [
    "# No mailboxes here but the one that keeps the notices, on the queue volume.",
    ...shared,
    `virtual_mailbox_domains = ${hostName}`,
    `virtual_mailbox_maps = inline:{ { notices@${hostName} = notices/ } }`,
    `virtual_mailbox_base = ${QUEUE_DIRECTORY}`,
    `virtual_uid_maps = static:${POSTFIX_ID}`,
    `virtual_gid_maps = static:${POSTFIX_ID}`,
    "virtual_mailbox_limit = 0",
  ];
}
