import type { Fault } from "../faults";
import type { SmartHostEndpoint } from "../smart-hosts/smart-host";
import { type CredentialSource, checkCredential } from "./credential-source";
import type { RelaySettings } from "./settings";
import { checkSmartHost } from "./smart-host-faults";

/** A smart host with where its password is. */
export interface CredentialedSmartHost {
  endpoint: SmartHostEndpoint;
  credential: CredentialSource;
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

/** The smallest of what the smart hosts limit: a message has to fit each of them. Undefined where none does. */
export function smallestLimit(
  settings: RelaySettings,
  limit: "maxMessageBytes" | "maxMessagesPerConnection",
): number | undefined {
  const known = smartHostList(settings)
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
    faults.push(...own, ...checkCredential(credential, `${path}.credential`));
    if (own.length === 0 && endpoint.tls !== smartHost.tls) {
      // One transport of Postfix's has one smtp_tls_wrappermode, and a list of next hops has one transport.
      const reason = `is not how the first smart host starts TLS ("${smartHost.tls}"), and all have to do it alike`;
      const next = "Use a port with STARTTLS, such as 587, for all of them.";
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

function key(endpoint: SmartHostEndpoint): string {
  return nextHop(endpoint).toLowerCase();
}
