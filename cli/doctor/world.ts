import { dnsResolver } from "../../components/mail-dns/dns-resolver";
import { BASE_URLS, isThisMachine } from "../../providers/sendgrid/api/base-url";
import { isDnsServer } from "../dns-server";
import { wrongUsage } from "../problem";
import type { DoctorWorld, NamedResolver } from "./doctor-world";
import { openSendGrid } from "./sendgrid-reader";
import type { SendGridTarget } from "./subject";

/** Without `--dns-server`: the machine's own resolver and two that everybody can ask, of different operators. */
const DEFAULT_SERVERS = ["system", "9.9.9.9", "8.8.8.8"] as const;
/** How long a server may take to be connected, or to answer, in milliseconds. */
const DIAL_TIMEOUT = 10_000;

/** What the command line and the environment say about the world. */
export interface WorldOptions {
  /** `system`, or addresses, with a port if it is not 53. */
  dnsServers?: readonly string[];
  /** Whether the zones' own name servers are asked too. */
  authoritative: boolean;
  /** The account at SendGrid, as the stack has it. */
  account: SendGridTarget;
  env: NodeJS.ProcessEnv;
}

/** The real world. The key is read from the environment and goes nowhere but to SendGrid. @throws Problem for options that are none */
export function openWorld({ dnsServers, authoritative, account, env }: WorldOptions): DoctorWorld {
  const servers = dnsServers === undefined || dnsServers.length === 0 ? DEFAULT_SERVERS : dnsServers;
  const [first, ...others] = servers.map(namedResolver);
  if (!first) {
    throw new Error("there is always a first server");
  }
  return {
    resolvers: [first, ...others],
    ...(authoritative && { nameServer: (address) => dnsResolver({ servers: [address] }) }),
    ...sendGrid(account, env),
    dial: { to: (host, port) => ({ host, port }), timeoutMs: DIAL_TIMEOUT },
    now: () => new Date(),
  };
}

function namedResolver(server: string): NamedResolver {
  if (server === "system") {
    return { name: "the system's resolver", resolver: dnsResolver() };
  }
  if (!isDnsServer(server)) {
    throw wrongUsage(
      `--dns-server: ${JSON.stringify(server)} is no address of a DNS server`,
      "Give an IP address, with a port if it is not 53, such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353; or system.",
    );
  }
  return { name: server, resolver: dnsResolver({ servers: [server] }) };
}

function sendGrid(account: SendGridTarget, env: NodeJS.ProcessEnv): Pick<DoctorWorld, "sendGrid"> {
  const { SENDGRID_API_KEY: apiKey, SENDGRID_BASE_URL: given, SENDGRID_REGION: region } = env;
  if (!apiKey) {
    return {};
  }
  const byRegion = BASE_URLS[(region || account.region) === "eu" ? "eu" : "global"];
  const baseUrl = (given || account.baseUrl || byRegion).replace(/\/+$/, "");
  // The key must not travel in clear.
  if (!baseUrl.startsWith("https://") && !isThisMachine(baseUrl)) {
    throw wrongUsage(
      `SENDGRID_BASE_URL: ${JSON.stringify(baseUrl)} would send the API key unencrypted`,
      "Use https://.",
    );
  }
  const { onBehalfOf } = account;
  return { sendGrid: openSendGrid({ apiKey, baseUrl, ...(onBehalfOf !== undefined && { onBehalfOf }) }) };
}
