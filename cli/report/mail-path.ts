import type { Preview, ResourceChange } from "../../mail-resources/preview";
import { textOf } from "../../mail-resources/value";
import type { RelayConfiguration } from "./relay/configuration";
import { fateOf } from "./relay/life";
import { ofType, type RelayParts, relayParts, TYPE } from "./relay/parts";

/** The way of mail through one relay. */
export interface RelayPath {
  /** The relay's name in the program. */
  name: string;
  /** What clients connect to, or the relay's name in HELO. */
  host: string;
  form: "server" | "fleet";
  /** Who may hand mail in: CIDR ranges. */
  clients: string[];
  hasLogins: boolean;
  /** `host:port`, in the order in which they are tried. */
  smartHosts: string[];
  /** Some mail's other way: the route's name and `host:port`. */
  routes: { name: string; host: string }[];
}

/** The way from the applications to the recipients, at one time. */
export interface MailPath {
  relays: RelayPath[];
  /** Domains whose records in DNS receivers check; only those that the preview shows. */
  domains: string[];
}

/**
 * The mail path before and after the update; undefined where no relay's path changes. A side on which no relay is known is
 * left out. Relays that do not change are in neither, where the preview does not show them.
 */
export function mailPath(preview: Preview): { before?: MailPath; after?: MailPath } | undefined {
  const parts = relayParts(preview);
  const [before, after] = (["before", "after"] as const).map((side) => ({
    relays: parts.flatMap((each) => pathOf(each, side)),
    domains: domainsOf(preview.changes, side),
  }));
  if (JSON.stringify(before?.relays) === JSON.stringify(after?.relays)) {
    return undefined;
  }
  return {
    ...(before !== undefined && before.relays.length > 0 && { before }),
    ...(after !== undefined && after.relays.length > 0 && { after }),
  };
}

function pathOf(parts: RelayParts, side: "before" | "after"): RelayPath[] {
  const configuration: RelayConfiguration | undefined =
    parts[side] ?? (side === "after" && fateOf(parts) !== "removed" ? parts.before : undefined);
  if (configuration === undefined) {
    return [];
  }
  const { clients, hasLogins, smartHosts, routes } = configuration;
  const { name, form } = parts;
  const names = ofType(parts, TYPE.record).flatMap((record) => textOf(record[side]?.inputs.name) ?? []);
  const host = names[0] ?? configuration.hostName ?? name;
  return [{ name, host, form, clients, hasLogins, smartHosts, routes }];
}

/** The domains that are authenticated with a smart host. */
function domainsOf(changes: readonly ResourceChange[], side: "before" | "after"): string[] {
  const domains = changes
    .filter(({ type }) => type === "sendgrid:index:DomainAuthentication")
    .flatMap((change) => textOf(change[side]?.inputs.domain) ?? []);
  return [...new Set(domains)].toSorted();
}
