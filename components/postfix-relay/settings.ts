import type { Fault } from "../faults";
import { parseDomainName } from "../mail-dns/domain-name";
import { parseMailAddress } from "../mail-dns/mail-address";
import type { SmartHostEndpoint } from "../smart-hosts/smart-host";
import { checkClientRange, isPrivateAddress } from "./clients";

/** All that the relay's user data is rendered from. Nothing in it is secret. */
export interface RelaySettings {
  /** The relay's own name (an FQDN): Postfix's `myhostname`, and what it says in HELO. */
  hostName: string;
  /** The IPv4 ranges that may hand in mail, as CIDR; everyone else is refused. At least one. */
  clients: string[];
  /** Where all mail goes. */
  smartHost: SmartHostEndpoint;
  /** Where the server finds the smart host's password: an SSM SecureString that holds nothing else. */
  credential: { source: "ssm"; parameterName: string; region: string };
  /** The Debian release: 13 (trixie) or 12 (bookworm). */
  debian: 12 | 13;
  /**
   * Who is told about mail that could not be delivered.
   *
   * A bounce has no envelope sender (RFC 5321 section 4.5.5), and smart hosts such as SendGrid refuse such mail.
   * So the relay sends none: what would be a bounce goes to this address as a notice, from this address and
   * with the undeliverable message in it (its first 50,000 bytes; Postfix's `bounce_size_limit`). Its domain has
   * to be one that the smart host takes as sender. A notice that fails itself is logged and dropped, so there is
   * no loop. Mail without a sender from a client is refused when it is handed in.
   *
   * Without it the notices are kept 30 days in a maildir on the queue volume, /var/spool/postfix/notices.
   */
  bounceAddress?: string;
  /**
   * Installs Amazon's Systems Manager agent, for a shell without an open port. Default: not installed.
   *
   * The vendor publishes no checksums beside its packages, and Debian does not package the agent, so a default
   * would be a number that nobody can check. You name the version and the SHA-256 of its .deb for your
   * instance's architecture, of a copy whose signature you verified (AWS, "Verifying the signature of SSM
   * Agent"). When download or checksum fail, the relay starts without the agent and its log says so.
   */
  ssmAgent?: { version: string; sha256: string };
}

/** The blocked port's explanation; new accounts at AWS, Azure and Google Cloud are all affected. */
const PORT_25_BLOCKED = "is blocked for outgoing mail: cloud providers close it for new accounts";

/** What each well-known port speaks (RFC 8314 for 465, RFC 6409 for 587). */
const WELL_KNOWN_PORTS = new Map<number, SmartHostEndpoint["tls"]>([
  [25, "starttls"],
  [465, "wrapper"],
  [587, "starttls"],
  [2525, "starttls"],
]);

/** Below this no mail with an attachment gets through; it is surely a slip, such as a number of megabytes. */
const SMALLEST_MESSAGE_LIMIT = 1_000_000;
/** Postfix keeps sizes in a long, but SASL, queue volume and smart hosts all end far below 1 GB. */
const LARGEST_MESSAGE_LIMIT = 1_000_000_000;

/** All faults of the settings at once; an empty list means that they can be rendered. */
export function checkRelaySettings(settings: RelaySettings): Fault[] {
  return [
    ...checkHostName(settings.hostName, "hostName"),
    ...checkClients(settings.clients),
    ...checkSmartHost(settings.smartHost),
    ...checkCredential(settings.credential),
    ...checkDebian(settings.debian),
    ...checkBounceAddress(settings.bounceAddress),
    ...checkSsmAgent(settings.ssmAgent),
  ];
}

function checkHostName(value: string, path: string): Fault[] {
  const { faults, converted } = parseDomainName(value, path);
  if (faults.length > 0 || converted === undefined) {
    return faults;
  }
  const reason = "has letters outside ASCII, which a mail server's name cannot have";
  return [{ path, value, reason, next: `Write it as "${converted.to}".` }];
}

function checkClients(clients: string[]): Fault[] {
  if (clients.length === 0) {
    const next = "Give at least one range, such as your VPC's 10.0.0.0/16.";
    return [{ path: "clients", reason: "is empty, so nobody could hand in mail", next }];
  }
  return clients.flatMap((range, index) => checkClientRange(range, `clients[${index}]`));
}

function checkSmartHost(smartHost: SmartHostEndpoint): Fault[] {
  const { name, user, maxMessageBytes, maxMessagesPerConnection } = smartHost;
  const faults: Fault[] = [];
  if (!/^[ -~]{1,64}$/.test(name)) {
    const next = "Give a short plain name.";
    faults.push({
      path: "smartHost.name",
      value: name,
      reason: "is not 1 to 64 printable ASCII characters",
      next,
    });
  }
  faults.push(...checkSmartHostAddress(smartHost), ...checkSmartHostPort(smartHost));
  if (!/^[\w.%+@=/~-]{1,255}$/.test(user)) {
    // Postfix splits user and password at the first colon; quotes would end the script's own.
    faults.push({
      path: "smartHost.user",
      value: user,
      reason: "is empty, or has a character other than letters, digits and .%+@=/~-_",
      next: "Give the SASL user name as the smart host shows it.",
    });
  }
  if (
    maxMessageBytes !== undefined &&
    !isIntegerWithin(maxMessageBytes, SMALLEST_MESSAGE_LIMIT, LARGEST_MESSAGE_LIMIT)
  ) {
    faults.push({
      path: "smartHost.maxMessageBytes",
      value: String(maxMessageBytes),
      reason: `is not a whole number of bytes from ${SMALLEST_MESSAGE_LIMIT} to ${LARGEST_MESSAGE_LIMIT}`,
      next: "Give the number that the smart host shows as SIZE in its EHLO answer.",
    });
  }
  if (maxMessagesPerConnection !== undefined && !isIntegerWithin(maxMessagesPerConnection, 1, 1_000_000)) {
    faults.push({
      path: "smartHost.maxMessagesPerConnection",
      value: String(maxMessagesPerConnection),
      reason: "is not a whole number from 1 to 1000000",
      next: "Give the limit from the smart host's documentation, or leave it out.",
    });
  }
  return faults;
}

function checkSmartHostAddress({ host, internal }: SmartHostEndpoint): Fault[] {
  const path = "smartHost.host";
  if (!/^[\d.]+$/.test(host)) {
    return checkHostName(host, path);
  }
  if (!isPrivateAddress(host)) {
    const next = "Give the host's name, for which its certificate is issued.";
    return [{ path, value: host, reason: "is neither a host name nor a private IPv4 address", next }];
  }
  if (internal !== true) {
    const next = "Set internal: true if the host is in your private network; else give its name.";
    return [{ path, value: host, reason: "is a private address, but the host is not marked internal", next }];
  }
  return [];
}

function checkSmartHostPort({ host, port, tls, internal }: SmartHostEndpoint): Fault[] {
  const path = "smartHost.port";
  const value = String(port);
  if (!isIntegerWithin(port, 1, 65_535)) {
    return [{ path, value, reason: "is not a port number from 1 to 65535", next: "Use 587." }];
  }
  if (port === 25 && !(internal === true && isPrivateAddress(host))) {
    const next =
      "Use 587. Only a host of your own network may have 25: internal: true and a private address.";
    return [{ path, value, reason: PORT_25_BLOCKED, next }];
  }
  const spoken = WELL_KNOWN_PORTS.get(port);
  if (spoken !== undefined && spoken !== tls) {
    return [
      {
        path: "smartHost.tls",
        value: tls,
        reason: `does not go with port ${port}, where TLS starts by "${spoken}"`,
        next: `Set tls to "${spoken}", or use ${tls === "wrapper" ? "port 465" : "port 587"}.`,
      },
    ];
  }
  return [];
}

function checkCredential({ parameterName, region }: RelaySettings["credential"]): Fault[] {
  const faults: Fault[] = [];
  // AWS, "Parameter name requirements and constraints" of PutParameter.
  const wellFormed = /^(\/?[\w.-]+)(\/[\w.-]+){0,14}$/.test(parameterName) && parameterName.length <= 1011;
  if (!wellFormed || /^\/?(aws|ssm)/i.test(parameterName)) {
    faults.push({
      path: "credential.parameterName",
      value: parameterName,
      reason:
        "is not a parameter name: at most 15 levels of letters, digits and .-_ parted by slashes, not beginning with aws or ssm",
      next: 'Give a name such as "/smarthost/mail/password".',
    });
  }
  if (!/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region) || region.length > 32) {
    const next = "Give the region where the parameter is, such as eu-central-1.";
    faults.push({ path: "credential.region", value: region, reason: "is not an AWS region", next });
  }
  return faults;
}

function checkDebian(debian: number): Fault[] {
  return debian === 12 || debian === 13
    ? []
    : [
        {
          path: "debian",
          value: String(debian),
          reason: "is not a release that the relay is tested with",
          next: "Use 13 or 12.",
        },
      ];
}

function checkBounceAddress(value: string | undefined): Fault[] {
  if (value === undefined) {
    return [];
  }
  const path = "bounceAddress";
  const { faults, local, domain } = parseMailAddress(value, path);
  if (faults.length > 0 || /^[\w.+-]+@[\w.-]+$/.test(value)) {
    return faults;
  }
  // main.cf gives $ and braces a meaning of their own, and no mailbox for notices needs them.
  return [
    {
      path,
      value,
      reason: "has a character other than letters, digits and .+-_",
      next: `Write it as "${local.replace(/[^\w.+-]/g, "")}@${domain}", or use another mailbox.`,
    },
  ];
}

function checkSsmAgent(agent: RelaySettings["ssmAgent"]): Fault[] {
  if (agent === undefined) {
    return [];
  }
  const faults: Fault[] = [];
  if (!/^\d+(\.\d+){3}$/.test(agent.version)) {
    const next = "Give one of the agent's releases, such as 3.3.1957.0.";
    faults.push({
      path: "ssmAgent.version",
      value: agent.version,
      reason: "is not a version of four numbers",
      next,
    });
  }
  if (!/^[0-9a-f]{64}$/.test(agent.sha256)) {
    const next = "Give the output of sha256sum for the .deb of your instance's architecture.";
    faults.push({
      path: "ssmAgent.sha256",
      value: agent.sha256,
      reason: "is not 64 lower-case hexadecimal digits",
      next,
    });
  }
  return faults;
}

function isIntegerWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/**
 * What is wrong with a password for the smart host: Postfix's table ends an entry at a line break, and SASL's
 * PLAIN has no room for control characters. The password itself is in no message.
 */
export function passwordFaults(password: string, path: string): Fault[] {
  if (/^[!-~]+$/.test(password)) {
    return [];
  }
  const reason =
    password === ""
      ? "is empty"
      : /[\r\n]/.test(password)
        ? "has a line break, often the last character of a file that it was read from"
        : "has white space or a character outside ASCII";
  return [{ path, reason, next: "Give the bare password or API key." }];
}
