import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { type IPv4, IPv6, parse } from "ipaddr.js";

/** What check_host() is asked (RFC 7208 section 4.1). */
export interface SpfRequest {
  /** The client's address, IPv4 or IPv6; an IPv4-mapped one counts as IPv4. */
  ip: string;
  /** The return path, without angle brackets; empty for bounces, which are checked as `postmaster@helo`. */
  sender: string;
  /** The name in HELO or EHLO. */
  helo: string;
  /** Whose record is evaluated. Default: the sender's domain. */
  domain?: string;
  /** A record that stands in for the one which the domain publishes, such as one that is planned. */
  record?: string;
  /** The name of who checks, for the macro r of explanations. Default `unknown`. */
  receiver?: string;
}

/** The client's address. @throws RangeError when it is none */
export function clientAddress(ip: string): IPv4 | IPv6 {
  if (isIP(ip) === 0) {
    throw new RangeError(`ip: ${JSON.stringify(ip)} is not an IP address. Give one such as 192.0.2.1.`);
  }
  const address = parse(ip);
  return address instanceof IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** The sender with both of its parts, and the HELO name (RFC 7208 sections 2.4 and 4.3). */
export function identity({ sender, helo }: SpfRequest): [sender: string, helo: string] {
  const at = sender.lastIndexOf("@");
  const host = toAscii(helo);
  if (sender === "") {
    return [`postmaster@${host}`, host];
  }
  return [`${sender.slice(0, Math.max(at, 0)) || "postmaster"}@${toAscii(sender.slice(at + 1))}`, host];
}

/** RFC 8616 section 4: A-labels, also in macros. ASCII stays as it is written, right or wrong. */
export function toAscii(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is meant.
  return /^[\x00-\x7f]*$/.test(name) ? name : domainToASCII(name) || name;
}
