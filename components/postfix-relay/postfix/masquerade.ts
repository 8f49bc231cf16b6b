import type { Fault } from "../../faults";
import type { RelaySettings } from "../settings";
import { checkPlainAddress } from "./plain-address";

/** `local@host` or `@host`; a machine's own name may be a single label, such as root@app01. */
const KEY = /^(?:[\w.+-]{1,64})?@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i;

/** Postfix sends the notices from this address; a bounce address replaces it. */
const NOTICE_SENDER = "double-bounce";

/** Everything that is wrong with the addresses that take the place of others. */
export function checkMasquerade({
  masquerade = {},
  senders,
  hostName,
  bounceAddress,
}: RelaySettings): Fault[] {
  const faults: Fault[] = [];
  const domains = senders?.map((domain) => domain.toLowerCase());
  const seen = new Set<string>();
  for (const [key, address] of Object.entries(masquerade)) {
    const path = `masquerade[${JSON.stringify(key)}]`;
    if (!KEY.test(key) || key.length > 254) {
      const next = 'Write it as "root@app01.internal", or as "@app01.internal" for every sender of a host.';
      faults.push({ path, value: key, reason: "is neither an address nor @ and a host", next });
    } else if (seen.has(key.toLowerCase())) {
      faults.push({ path, value: key, reason: "is there twice, in other letters", next: "Remove one." });
    } else if (bounceAddress !== undefined && key.toLowerCase() === noticeSender(hostName)) {
      const reason = "is where the relay's notices come from, and bounceAddress takes its place";
      faults.push({ path, value: key, reason, next: "Remove it, or leave out bounceAddress." });
    }
    seen.add(key.toLowerCase());
    const wrong = checkPlainAddress(address, path);
    faults.push(...wrong);
    const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
    const host = /^@(.*)$/.exec(key.toLowerCase())?.[1];
    if (host !== undefined && (host === domain || domains?.includes(host))) {
      const reason = "is a domain of real mailboxes, and mail to each of them would go to this one address";
      faults.push({ path, value: key, reason, next: `Name single senders, such as root${key}.` });
    }
    if (wrong.length === 0 && domains !== undefined && !domains.includes(domain)) {
      const next = `Use an address of ${domains.join(" or ")}, or add ${domain} to senders.`;
      faults.push({ path, value: address, reason: "is not of a domain that may send", next });
    }
  }
  return faults;
}

/**
 * The lines of main.cf that replace addresses in envelope and header when mail leaves (generic(5)). One table for two
 * things, because Postfix has one: the masquerade, and the sender of the notices. An address wins over its host.
 */
export function addressLines(settings: RelaySettings): string[] {
  const entries = replacedAddresses(settings);
  if (entries.length === 0) {
    return [];
  }
  const table = entries.map(([from, to]) => `{ ${from} = ${to} }`).join(" ");
  return [
    "# Addresses that no receiver knows leave as one that the smart host takes.",
    `smtp_generic_maps = inline:{ ${table} }`,
  ];
}

/** Addresses and, as `@host`, whole hosts that are replaced when mail leaves; with what takes their place. */
export function replacedAddresses({
  masquerade = {},
  hostName,
  bounceAddress,
}: RelaySettings): (readonly [from: string, to: string])[] {
  return [
    ...(bounceAddress === undefined ? [] : [[noticeSender(hostName), bounceAddress] as const]),
    ...Object.entries(masquerade).map(([key, address]) => [key.toLowerCase(), address] as const),
  ];
}

function noticeSender(hostName: string): string {
  return `${NOTICE_SENDER}@${hostName}`.toLowerCase();
}
