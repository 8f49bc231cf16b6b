import type { Fault } from "../../faults";
import type { RelaySettings } from "../settings";
import { checkHostName } from "./host-name";
import { checkPlainAddress } from "./plain-address";
import type { Route } from "./routes";
import { checkCredentialedHost, isSameLogin } from "./smart-host-list";

/** Each route is a transport with processes of its own, and takes up some 300 bytes of user data. */
const MOST_ROUTES = 8;

/** Everything that is wrong with the routes, each as such, beside each other and beside the other settings. */
export function checkRoutes(settings: RelaySettings): Fault[] {
  const { routes = [] } = settings;
  const faults: Fault[] = [];
  if (routes.length > MOST_ROUTES) {
    const reason = `are ${routes.length}, and each is a transport of its own`;
    faults.push({ path: "routes", reason, next: `Give at most ${MOST_ROUTES}.` });
  }
  const seen = { name: new Map<string, string>(), senders: new Map(), recipients: new Map() };
  for (const [index, route] of routes.entries()) {
    const path = `routes[${index}]`;
    faults.push(
      ...nameFaults(route, path, seen.name),
      ...listFaults(route, path),
      ...(["senders", "recipients"] as const).flatMap((list) =>
        (route[list] ?? []).flatMap((value, place) => {
          const at = `${path}.${list}[${place}]`;
          const wrong = nameOrAddressFaults(value, at);
          return wrong.length > 0
            ? wrong
            : [...twice(value, at, seen[list]), ...besideOthers(settings, list, value, at)];
        }),
      ),
      ...checkCredentialedHost(route, path),
    );
    if (isSameLogin(route, settings)) {
      const reason = "is the smart host itself, with its login";
      const next = "Remove the route, or give it a password of its own.";
      faults.push({ path: `${path}.endpoint`, value: route.endpoint.host, reason, next });
    }
  }
  return faults;
}

function nameFaults({ name }: Route, parent: string, seen: Map<string, string>): Fault[] {
  const path = `${parent}.name`;
  if (!/^[a-z][a-z\d-]{0,19}$/.test(name)) {
    const reason = "is not 1 to 20 lower-case letters, digits and hyphens, of which the first is a letter";
    return [{ path, value: name, reason, next: 'Give a short name, such as "news".' }];
  }
  return twice(name, path, seen);
}

function listFaults({ senders, recipients }: Route, path: string): Fault[] {
  const reason = "is empty, so it says nothing";
  const next = "Give a domain or an address, or leave the list out.";
  const faults = Object.entries({ senders, recipients })
    .filter(([, list]) => list?.length === 0)
    .map(([list]) => ({ path: `${path}.${list}`, reason, next }));
  if (senders === undefined && recipients === undefined) {
    const nobody = "has neither senders nor recipients, so no mail takes it";
    return [{ path, reason: nobody, next: "Give one of them." }];
  }
  return faults;
}

function nameOrAddressFaults(value: string, path: string): Fault[] {
  return value.includes("@") ? checkPlainAddress(value, path) : checkHostName(value, path);
}

function twice(value: string, path: string, seen: Map<string, string>): Fault[] {
  const key = value.toLowerCase();
  const before = seen.get(key);
  seen.set(key, before ?? path);
  return before === undefined
    ? []
    : [{ path, value, reason: `is ${before} already`, next: "Keep it in one of the two places." }];
}

function besideOthers(
  settings: RelaySettings,
  list: "senders" | "recipients",
  value: string,
  path: string,
): Fault[] {
  return list === "senders"
    ? senderFaults(settings, value, path)
    : [...noticesFaults(settings, value, path), ...maskedFaults(settings, value, path)];
}

function senderFaults({ senders, masquerade = {} }: RelaySettings, value: string, path: string): Fault[] {
  const domain = domainOf(value);
  const masked = Object.keys(masquerade).map((key) => key.toLowerCase());
  const maySend =
    senders === undefined ||
    senders.some((each) => each.toLowerCase() === domain) ||
    masked.includes(value.toLowerCase()) ||
    masked.includes(`@${domain}`);
  const next = `Add ${domain} to senders, or remove it here.`;
  return maySend ? [] : [{ path, value, reason: "is not of a domain that may send", next }];
}

function noticesFaults({ bounceAddress, hostName }: RelaySettings, value: string, path: string): Fault[] {
  if (bounceAddress !== undefined || domainOf(value) !== hostName.toLowerCase()) {
    return [];
  }
  const reason = "is where the relay keeps the notices of undeliverable mail";
  return [{ path, value, reason, next: "Give a bounceAddress to which they go instead, or remove it here." }];
}

/** Postfix has one table for senders and recipients (generic(5)), so the recipient would be replaced on its way. */
function maskedFaults({ masquerade = {} }: RelaySettings, value: string, path: string): Fault[] {
  const recipient = value.toLowerCase();
  const clash = Object.keys(masquerade).find((key) => {
    const masked = key.toLowerCase();
    return masked === recipient || masked === `@${domainOf(value)}` || domainOf(masked) === recipient;
  });
  const reason = `would be replaced: masquerade[${JSON.stringify(clash)}] counts for recipients too`;
  return clash === undefined ? [] : [{ path, value, reason, next: "Remove one of the two." }];
}

function domainOf(nameOrAddress: string): string {
  return nameOrAddress.slice(nameOrAddress.lastIndexOf("@") + 1).toLowerCase();
}
