import { isDeepStrictEqual } from "node:util";
import type { Fault } from "../../faults";
import type { SmartHostEndpoint } from "../../smart-hosts/smart-host";
import { type CredentialSource, checkCredential } from "../server/credential-source";
import type { RelaySettings } from "../settings";
import { checkSmartHost } from "./smart-host-faults";

/** A smart host with where its password is. */
export interface CredentialedSmartHost {
  endpoint: SmartHostEndpoint;
  /** Needed where the endpoint has a `user`, and unused where it has none. */
  credential?: CredentialSource;
}

/** How many smart hosts can stand behind the first; each one that is down costs every message a wait. */
const MOST_FALLBACKS = 3;

/** All smart hosts in the order in which Postfix tries them. */
export function smartHostList({
  smartHost,
  credential,
  fallbacks = [],
}: RelaySettings): [CredentialedSmartHost, ...CredentialedSmartHost[]] {
  return [{ endpoint: smartHost, credential }, ...fallbacks];
}

/** The key under which Postfix finds a smart host's password and policy: the next hop as in `relayhost`. */
export function nextHop({ host, port }: SmartHostEndpoint): string {
  return `[${host}]:${port}`;
}

/**
 * The smallest of what the hosts limit; undefined where none does. A message has to fit every host, routes too, because
 * it may have recipients of each. Messages on a connection are of the list alone: a route has a limit of its own.
 */
export function smallestLimit(
  settings: RelaySettings,
  limit: "maxMessageBytes" | "maxMessagesPerConnection",
): number | undefined {
  const routes = limit === "maxMessageBytes" ? (settings.routes ?? []) : [];
  const known = [...smartHostList(settings), ...routes]
    .map(({ endpoint }) => endpoint[limit])
    .filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Everything that is wrong with the smart hosts behind the first, as such and beside it. */
export function checkFallbacks({ smartHost, fallbacks = [] }: RelaySettings): Fault[] {
  const faults: Fault[] = [];
  if (fallbacks.length > MOST_FALLBACKS) {
    const reason = `are ${fallbacks.length} smart hosts behind the first, and each that is down makes every message wait`;
    faults.push({ path: "fallbacks", reason, next: `Give at most ${MOST_FALLBACKS}.` });
  }
  const known = new Set([key(smartHost)]);
  for (const [index, { endpoint, credential }] of fallbacks.entries()) {
    const path = `fallbacks[${index}]`;
    const own = checkSmartHost(endpoint, `${path}.endpoint`);
    faults.push(...own, ...credentialFaults({ endpoint, credential }, path));
    if (own.length === 0 && endpoint.tls !== smartHost.tls) {
      // One transport of Postfix's has one smtp_tls_wrappermode, and a list of next hops has one transport.
      const reason = `is not how the first smart host starts TLS ("${smartHost.tls}"), and all have to do it alike`;
      const next = 'Use a port with STARTTLS, such as 587, for all of them, where tls is "starttls".';
      faults.push({ path: `${path}.endpoint.tls`, value: endpoint.tls, reason, next });
    }
    if (known.has(key(endpoint))) {
      const reason = "has the host and port of one before it, by which Postfix finds the password";
      const next = "Use another port of the service, or another service.";
      faults.push({ path: `${path}.endpoint`, value: nextHop(endpoint), reason, next });
    }
    known.add(key(endpoint));
  }
  return faults;
}

/** Everything that is wrong with a host and where its password is, and with the two together. */
export function checkCredentialedHost(host: CredentialedSmartHost, path: string): Fault[] {
  return [...checkSmartHost(host.endpoint, `${path}.endpoint`), ...credentialFaults(host, path)];
}

/** What is wrong with where a host's password is; it is missing only where the endpoint takes a login. */
export function credentialFaults({ endpoint, credential }: CredentialedSmartHost, parent: string): Fault[] {
  const path = parent === "" ? "credential" : `${parent}.credential`;
  if (credential !== undefined) {
    return checkCredential(credential, path);
  }
  const next =
    'Say where the password is, such as { source: "file" }; or leave out user for an internal host without a login.';
  return endpoint.user === undefined
    ? []
    : [{ path, reason: "is missing, and the host takes a login", next }];
}

/** Whether a host is the first smart host under the same login, as far as the settings tell. */
export function isSameLogin(
  { endpoint, credential }: CredentialedSmartHost,
  { smartHost, credential: first }: Pick<RelaySettings, "smartHost" | "credential">,
): boolean {
  if (key(endpoint) !== key(smartHost) || endpoint.user !== smartHost.user) {
    return false;
  }
  return (
    endpoint.user === undefined ||
    (credential !== undefined && credential.source !== "file" && isDeepStrictEqual(credential, first))
  );
}

function key(endpoint: SmartHostEndpoint): string {
  return nextHop(endpoint).toLowerCase();
}
