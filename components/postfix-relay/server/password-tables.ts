import { CREDENTIAL_FILE, passwordTable } from "../postfix/main-cf";
import { type CredentialedSmartHost, nextHop, smartHostList } from "../postfix/smart-host-list";
import type { RelaySettings } from "../settings";
import type { CredentialSource } from "./credential-source";

/** A texthash table with the passwords of one transport, mode 0600. */
export interface PasswordTable {
  path: string;
  entries: PasswordEntry[];
}

/** What one line of a table is made from. */
export interface PasswordEntry {
  /** The key: the next hop, as in `relayhost`. */
  host: string;
  user: string;
  credential: CredentialSource;
  /** Place in the list of smart hosts, from 0, or the route's name. */
  place: number | string;
}

/**
 * The tables of passwords: one for the smart hosts together, because one transport tries them all, and one for each route,
 * because two routes may have different passwords at the same host. None for hosts without a login.
 *
 * A table is written whole or not at all: to a host that it does not have, Postfix would go without a login, and the host
 * would refuse the message for good. While a table is not there at all, its transport's mail waits.
 */
export function passwordTables(settings: RelaySettings): PasswordTable[] {
  const smartHosts = smartHostList(settings).flatMap((host, index) => entry(host, index));
  const routes = settings.routes ?? [];
  return [
    { path: CREDENTIAL_FILE, entries: smartHosts },
    ...routes.map((route) => ({ path: passwordTable(route.name), entries: entry(route, route.name) })),
  ].filter(({ entries }) => entries.length > 0);
}

function entry({ endpoint, credential }: CredentialedSmartHost, place: number | string): PasswordEntry[] {
  const { user } = endpoint;
  return user === undefined || credential === undefined
    ? []
    : [{ host: nextHop(endpoint), user, credential, place }];
}
