import type { RelaySettings } from "../settings";
import { smartHostList } from "./smart-host-list";

/**
 * Postfix's own limit of deliveries to one destination at the same time (`default_destination_concurrency_limit`), for
 * hosts of which nothing is known.
 */
const UNKNOWN_HOST = 20;

/**
 * The most deliveries at the same time, whatever a host takes. Each is a process of smtp(8), about 3 MB of memory of its
 * own, and a message takes three round trips: 50 keep two processors busy at 20 ms (docs/performance.md), and leave half of
 * Postfix's 100 processes of a service.
 */
const MOST = 50;

/**
 * How many messages go to a host at the same time, which is about how many connections are open to it.
 *
 * @param maxConnections what the host takes from one client; undefined where nobody says
 */
export function deliveriesAtOnce(maxConnections: number | undefined): number {
  return Math.min(maxConnections ?? UNKNOWN_HOST, MOST);
}

/**
 * The lines of main.cf for a transport to these smart hosts; none where Postfix's default is right. The next one in the
 * list may get all mail at any time, so the smallest limit counts.
 *
 * @param transport its name in master.cf
 */
export function concurrencyLines(settings: RelaySettings, transport: string): string[] {
  const limits = smartHostList(settings).map(({ endpoint }) => deliveriesAtOnce(endpoint.maxConnections));
  const limit = Math.min(...limits);
  return limit === UNKNOWN_HOST
    ? []
    : [
        "# Many at once: each mostly waits for the network.",
        `${transport}_destination_concurrency_limit = ${limit}`,
      ];
}
