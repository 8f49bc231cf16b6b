import type { Fault } from "../../faults";
import type { SmartHostEndpoint } from "../../smart-hosts/smart-host";
import { isPrivateAddress } from "./clients";
import { checkHostName } from "./host-name";

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

/**
 * Everything that is wrong with an endpoint.
 *
 * @param path where the settings have it, such as `smartHost`
 */
export function checkSmartHost(smartHost: SmartHostEndpoint, path: string): Fault[] {
  const { name, user, maxMessageBytes } = smartHost;
  const faults: Fault[] = [];
  if (!/^[ -~]{1,64}$/.test(name)) {
    const next = "Give a short plain name.";
    faults.push({
      path: `${path}.name`,
      value: name,
      reason: "is not 1 to 64 printable ASCII characters",
      next,
    });
  }
  faults.push(...checkAddress(smartHost, `${path}.host`), ...checkPort(smartHost, path));
  faults.push(...plainTransportFaults(smartHost, path));
  if (user !== undefined && !/^[\w.%+@=/~-]{1,255}$/.test(user)) {
    // Postfix splits user and password at the first colon; quotes would end the script's own.
    faults.push({
      path: `${path}.user`,
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
      path: `${path}.maxMessageBytes`,
      value: String(maxMessageBytes),
      reason: `is not a whole number of bytes from ${SMALLEST_MESSAGE_LIMIT} to ${LARGEST_MESSAGE_LIMIT}`,
      next: "Give the number that the smart host shows as SIZE in its EHLO answer.",
    });
  }
  for (const limit of ["maxMessagesPerConnection", "maxConnections"] as const) {
    const value = smartHost[limit];
    if (value !== undefined && !isIntegerWithin(value, 1, 1_000_000)) {
      faults.push({
        path: `${path}.${limit}`,
        value: String(value),
        reason: "is not a whole number from 1 to 1000000",
        next: "Give the limit from the smart host's documentation, or leave it out.",
      });
    }
  }
  return faults;
}

/**
 * What only an internal host may do: take mail without a login, and over TLS that is not verified, or not there. And what it
 * cannot: show a certificate for a private address, which no public authority issues (CA/Browser Forum, Baseline
 * Requirements, section 4.2.2).
 */
function plainTransportFaults({ host, user, internal, tls }: SmartHostEndpoint, path: string): Fault[] {
  const faults: Fault[] = [];
  if (user === undefined && internal !== true) {
    const reason = "is missing, and only an internal host takes mail without a login";
    faults.push({
      path: `${path}.user`,
      reason,
      next: "Give the SASL user name as the smart host shows it.",
    });
  }
  if (!["starttls", "wrapper", "may", "encrypt"].includes(tls)) {
    const next = 'Use "starttls", or "wrapper" for port 465.';
    faults.push({ path: `${path}.tls`, value: tls, reason: "is no way in which TLS starts", next });
  } else if (isUnverified(tls) && internal !== true) {
    const reason = "does not verify the certificate, which mail over the internet needs";
    faults.push({ path: `${path}.tls`, value: tls, reason, next: 'Use "starttls".' });
  } else if (!isUnverified(tls) && internal === true && isPrivateAddress(host)) {
    const reason = "verifies the certificate, and there is none for a private address";
    const next = 'Use "may" or "encrypt" without a user; or give the host\'s name, and a port other than 25.';
    faults.push({ path: `${path}.tls`, value: tls, reason, next });
  } else if (isUnverified(tls) && user !== undefined) {
    const reason = "does not verify the certificate, so anybody could have the password";
    const next =
      'Use "starttls" with the host\'s name, or leave out user if the host takes mail without a login.';
    faults.push({ path: `${path}.tls`, value: tls, reason, next });
  }
  return faults;
}

function isUnverified(tls: SmartHostEndpoint["tls"]): boolean {
  return tls === "may" || tls === "encrypt";
}

function checkAddress({ host, internal }: SmartHostEndpoint, path: string): Fault[] {
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

function checkPort({ name, host, port, ports, tls, internal }: SmartHostEndpoint, parent: string): Fault[] {
  const path = `${parent}.port`;
  const value = String(port);
  if (!isIntegerWithin(port, 1, 65_535)) {
    return [{ path, value, reason: "is not a port number from 1 to 65535", next: "Use 587." }];
  }
  if (port === 25 && !(internal === true && isPrivateAddress(host))) {
    const next =
      "Use 587. Only a host of your own network may have 25: internal: true and a private address.";
    return [{ path, value, reason: PORT_25_BLOCKED, next }];
  }
  if (ports !== undefined && !ports.includes(port)) {
    return [
      { path, value, reason: `is no port on which ${name} listens`, next: `Use one of ${ports.join(", ")}.` },
    ];
  }
  const spoken = WELL_KNOWN_PORTS.get(port);
  // Both are STARTTLS, and differ in what they demand of it.
  const ways: (typeof spoken)[] = spoken === "starttls" ? [spoken, "may", "encrypt"] : [spoken];
  if (spoken !== undefined && !ways.includes(tls)) {
    return [
      {
        path: `${parent}.tls`,
        value: tls,
        reason: `does not go with port ${port}, where TLS starts by "${spoken}"`,
        next: `Set tls to "${spoken}", or use ${tls === "wrapper" ? "port 465" : "port 587"}.`,
      },
    ];
  }
  return [];
}

function isIntegerWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
