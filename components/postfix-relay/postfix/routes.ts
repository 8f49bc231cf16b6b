import type { RelaySettings } from "../settings";
import { deliveriesAtOnce } from "./concurrency";
import { reuseParameters } from "./connection-reuse";
import { replacedAddresses } from "./masquerade";
import { type CredentialedSmartHost, nextHop, smallestLimit } from "./smart-host-list";
import { smtpTransport, tlsOptions } from "./transport";

/** Mail that leaves by another host than the smart host; one of `senders` and `recipients` at least. */
export interface Route extends CredentialedSmartHost {
  /**
   * What the route is called, in its transport (`route-news`), its file and its parameter: at most 20 lower-case
   * letters, digits and hyphens, first a letter. It keeps the password with the host when routes are put in another order.
   */
  name: string;
  /** Domains (`news.example.com`, without subdomains) and addresses whose mail takes this route. */
  senders?: string[];
  /** Domains (without subdomains) and addresses to which mail takes this route. They win over senders. */
  recipients?: string[];
}

/** What main.cf has where a sender takes no route although its domain does. */
const NO_ROUTE = "DUNNO";
/** Why the relay does not relay its own bounces; in the log they come from error(8). */
export const BOUNCE_REFUSAL = "mail without a sender is not relayed";
const WITHOUT_SENDER = `5.7.1 ${BOUNCE_REFUSAL}`;

/** The transport of a route, in master.cf. */
export function routeTransport({ name }: Route): string {
  return `route-${name}`;
}

/**
 * The transports of the routes: `name/type` and the line of master.cf. Each route has its own, so that two may have the
 * same host with different passwords, each starts TLS in its way, and one that is down holds up no other. They log
 * as postfix/smtp, like the smart host's.
 *
 * @param passwordTable where the passwords of a route are
 */
export function routeTransports(
  settings: RelaySettings,
  passwordTable: (route: Route) => string,
): { key: string; line: string }[] {
  const inMainCf = smallestLimit(settings, "maxMessagesPerConnection");
  return (settings.routes ?? []).map((route) => {
    const { user, maxMessagesPerConnection: limit } = route.endpoint;
    const name = routeTransport(route);
    const options = [
      ...tlsOptions(route.endpoint),
      user === undefined
        ? "smtp_sasl_auth_enable=no"
        : `smtp_sasl_password_maps=texthash:${passwordTable(route)}`,
      ...reuseParameters(limit, inMainCf).map((parameter) => `${parameter.name}=${parameter.value}`),
    ];
    return { key: `${name}/unix`, line: smtpTransport(name, options) };
  });
}

/**
 * The line of main.cf with the transports by sender. Mail without a sender, which smart hosts refuse, is refused here,
 * whatever the routes are.
 */
export function senderRouteLines(settings: RelaySettings): string[] {
  const entries = [["<>", `error:${WITHOUT_SENDER}`] as const, ...senderTransports(settings)];
  return mapLines("sender_dependent_default_transport_maps", entries);
}

/**
 * The lines of main.cf with the transports by recipient (transport(5)). They come before those by sender, and so before
 * the refusal of mail without one; so that is refused once more when a client hands it in.
 */
export function recipientRouteLines({ routes = [] }: RelaySettings): string[] {
  const entries = routes.flatMap((route) =>
    (route.recipients ?? []).map((recipient) => [recipient.toLowerCase(), destination(route)] as const),
  );
  return entries.length === 0
    ? []
    : [
        "# Recipients with a host of their own; this table comes before the one of senders.",
        ...mapLines("transport_maps", entries),
        `smtpd_recipient_restrictions = check_sender_access inline:{ { <> = 550 ${WITHOUT_SENDER} } }`,
      ];
}

/** The lines of main.cf with how many messages at once a route's host gets; none where Postfix's default is right. */
export function routeConcurrencyLines({ routes = [] }: RelaySettings): string[] {
  const lines = routes
    .map((route) => ({ name: routeTransport(route), limit: deliveriesAtOnce(route.endpoint.maxConnections) }))
    .filter(({ limit }) => limit !== deliveriesAtOnce(undefined))
    .map(({ name, limit }) => `${name}_destination_concurrency_limit = ${limit}`);
  return lines.length === 0 ? [] : ["# As many messages at once as a route's host takes.", ...lines];
}

/**
 * Keys and transports of senders. A sender counts as it leaves: what takes the place of an address decides, unless a
 * route names that address, or the host of a whole host's masquerade, itself.
 */
function senderTransports(settings: RelaySettings): Map<string, string> {
  const named = new Map(
    (settings.routes ?? []).flatMap((route) =>
      (route.senders ?? []).map((sender) => [senderKey(sender), destination(route)] as const),
    ),
  );
  const table = new Map(named);
  // Hosts before addresses: an address has to be said only where it differs from its host.
  const replaced = replacedAddresses(settings).toSorted(
    ([a], [b]) => Number(b.startsWith("@")) - Number(a.startsWith("@")),
  );
  for (const [from, to] of replaced) {
    const leaving = named.get(to.toLowerCase()) ?? named.get(senderKey(domainOf(to)));
    const otherwise = table.get(senderKey(domainOf(from)));
    if (!named.has(from) && leaving !== otherwise) {
      table.set(from, leaving ?? NO_ROUTE);
    }
  }
  return table;
}

function senderKey(sender: string): string {
  return (sender.includes("@") ? sender : `@${sender}`).toLowerCase();
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

function destination(route: Route): string {
  return `${routeTransport(route)}:${nextHop(route.endpoint)}`;
}

function mapLines(parameter: string, entries: Iterable<readonly [key: string, value: string]>): string[] {
  const rows = [...entries].map(([key, value]) => `{ ${key} = ${value} }`);
  return rows.length === 1
    ? [`${parameter} = inline:{ ${rows.join("")} }`]
    : [`${parameter} = inline:{`, ...rows.map((row) => `    ${row}`), "    }"];
}
