import type { Fault } from "../../faults";
import type { RelaySettings } from "../settings";

/**
 * What one client address may do within a minute. A client that is over it gets 450 4.7.1 (421 4.7.0 for connections)
 * and tries again later; nothing is lost. No client is exempt, also not those of the own networks. The counts start
 * anew every minute (`anvil_rate_time_unit`) and when Postfix starts.
 */
export interface ClientLimits {
  /** Messages a minute; 1 to 1,000,000. Default: no limit. */
  messagesPerMinute?: number;
  /** Recipients a minute, of all messages together; 1 to 1,000,000. Default: no limit. */
  recipientsPerMinute?: number;
  /** Connections at the same time; 1 to 100, because the relay serves 100 on each port. Default 50. */
  connections?: number;
}

/** Half of what the relay serves on a port, so that one client that runs wild leaves room for the others. */
const DEFAULT_CONNECTIONS = 50;

/** Postfix's parameter and the largest value of each limit (postconf(5)). */
const PARAMETERS: Record<keyof ClientLimits, [parameter: string, most: number]> = {
  messagesPerMinute: ["smtpd_client_message_rate_limit", 1_000_000],
  recipientsPerMinute: ["smtpd_client_recipient_rate_limit", 1_000_000],
  connections: ["smtpd_client_connection_count_limit", 100],
};

/** Everything that is wrong with the limits; paths begin with `clientLimits`. */
export function checkClientLimits({ clientLimits }: RelaySettings): Fault[] {
  return entries(clientLimits).flatMap(([name, value]) => {
    const most = PARAMETERS[name][1];
    const next = name === "connections" ? "Leave it out for 50." : "Leave it out for no limit.";
    return Number.isInteger(value) && value >= 1 && value <= most
      ? []
      : [
          {
            path: `clientLimits.${name}`,
            value: String(value),
            reason: `is not a whole number from 1 to ${most}`,
            next,
          },
        ];
  });
}

/** The lines of main.cf for the limits, which have no fault by {@link checkClientLimits}. */
export function clientLimitLines({ clientLimits }: RelaySettings): string[] {
  const limits = { connections: DEFAULT_CONNECTIONS, ...Object.fromEntries(entries(clientLimits)) };
  return [
    "# One client that runs wild must leave room for the others; none is exempt.",
    "smtpd_client_event_limit_exceptions =",
    ...entries(limits).map(([name, value]) => `${PARAMETERS[name][0]} = ${value}`),
  ];
}

/** What is given, in a stable order. */
function entries(limits: ClientLimits = {}): [keyof ClientLimits, number][] {
  return (["messagesPerMinute", "recipientsPerMinute", "connections"] as const).flatMap((name) => {
    const value = limits[name];
    return value === undefined ? [] : [[name, value] as [keyof ClientLimits, number]];
  });
}
