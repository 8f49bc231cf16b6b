import type { Fault } from "../../faults";
import type { RelaySettings } from "../settings";
import { checkHostName } from "./host-name";

/** How many domains the refusal names; an SMTP reply has room for 512 bytes (RFC 5321 section 4.5.3.1.5). */
const NAMED_DOMAINS = 3;

/** Everything that is wrong with the domains that may send. */
export function checkSenders(senders: readonly string[] | undefined): Fault[] {
  if (senders === undefined) {
    return [];
  }
  if (senders.length === 0) {
    const next = "Give at least one domain, or leave senders out to take every sender.";
    return [{ path: "senders", reason: "is empty, so nobody could send", next }];
  }
  return senders.flatMap((domain, index) => {
    const path = `senders[${index}]`;
    const faults = checkHostName(domain, path);
    if (faults.length === 0 && senders.findIndex((other) => isSame(other, domain)) < index) {
      return [{ path, value: domain, reason: "is there twice", next: "Remove one." }];
    }
    return faults;
  });
}

/**
 * The lines of main.cf that refuse other senders. Mail without a sender is none of their business, and an address that
 * a masquerade replaces may send, because it leaves under the other name.
 */
export function senderLines({ senders, masquerade = {} }: RelaySettings): string[] {
  if (senders === undefined) {
    return [];
  }
  const domains = senders.map((domain) => domain.toLowerCase());
  const masked = Object.keys(masquerade).map((key) => key.toLowerCase().replace(/^@/, ""));
  const allowed = ["<>", ...new Set([...domains, ...masked])].map((key) => `{ ${key} = OK }`);
  const named = domains.slice(0, NAMED_DOMAINS).join(", ");
  const rest = domains.length > NAMED_DOMAINS ? ` and ${domains.length - NAMED_DOMAINS} more` : "";
  return [
    "# Envelope senders of these domains only, without their subdomains.",
    "parent_domain_matches_subdomains =",
    "smtpd_sender_restrictions =",
    `    check_sender_access inline:{ ${allowed.join(" ")} }`,
    `    check_sender_access static:{ 550 5.7.1 sender is not of this relay's domains: ${named}${rest} }`,
  ];
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
