import ipaddr from "ipaddr.js";
import type { Fault } from "../../faults";

/** Address blocks that belong to no one on the internet: RFC 1918, and RFC 6598's shared address space. */
const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((block) =>
  ipaddr.IPv4.parseCIDR(block),
);

/** The widest public range that may relay. Whoever owns more public addresses than these can list several. */
const SHORTEST_PUBLIC_PREFIX = 24;

/** Whether the text is an IPv4 address of {@link PRIVATE_BLOCKS}. */
export function isPrivateAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) && isPrivate(ipaddr.IPv4.parse(text), 32);
}

/**
 * What is wrong with one range of clients that may relay. Postfix skips a `mynetworks` entry that it can't read
 * with no more than a warning in the log, so everything that it wouldn't take is refused here.
 */
export function checkClientRange(value: string, path: string): Fault[] {
  const fault = (reason: string, next: string): Fault[] => [{ path, value, reason, next }];
  if (ipaddr.IPv4.isValidFourPartDecimal(value)) {
    return fault("is an address without a prefix length", `For this one client write "${value}/32".`);
  }
  if (ipaddr.IPv6.isValid(value) || ipaddr.IPv6.isValidCIDR(value)) {
    return value.endsWith("/0")
      ? fault("would let everyone relay", "Give your network's own range, such as 10.0.0.0/16.")
      : fault("is an IPv6 range, and the relay speaks IPv4 only", "Give the clients' IPv4 range.");
  }
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(value)) {
    return fault("is not a CIDR range", "Give one such as 10.0.0.0/16.");
  }
  const [address, prefix] = ipaddr.IPv4.parseCIDR(value);
  if (prefix === 0) {
    return fault("would let everyone relay", "Give your network's own range, such as 10.0.0.0/16.");
  }
  const network = ipaddr.IPv4.networkAddressFromCIDR(value).toString();
  if (network !== address.toString() || value !== `${network}/${prefix}`) {
    return fault(`does not begin at its range's first address`, `Write "${network}/${prefix}".`);
  }
  if (isPrivate(address, prefix)) {
    return [];
  }
  const kind = address.range();
  if (kind === "loopback") {
    return [];
  }
  if (!["unicast", "private", "carrierGradeNat"].includes(kind)) {
    return fault(
      `is of a kind from which no client connects (${kind})`,
      "Give your network's own range, such as 10.0.0.0/16.",
    );
  }
  return prefix < SHORTEST_PUBLIC_PREFIX
    ? fault(
        "is a wide range with public addresses in it, from which strangers could relay",
        `Give your own addresses, in ranges of /${SHORTEST_PUBLIC_PREFIX} or smaller.`,
      )
    : [];
}

/** A line of six is about as wide as main.cf's others; a line for each would cost user data six more bytes a range. */
const RANGES_PER_LINE = 6;

/** The ranges as lines of main.cf that go on from the one before. */
export function clientRangeLines(ranges: readonly string[]): string[] {
  const lines = Math.ceil(ranges.length / RANGES_PER_LINE);
  return Array.from(
    { length: lines },
    (_, line) => `  ${ranges.slice(line * RANGES_PER_LINE, (line + 1) * RANGES_PER_LINE).join(" ")}`,
  );
}

function isPrivate(address: ipaddr.IPv4, prefix: number): boolean {
  return PRIVATE_BLOCKS.some(([block, bits]) => prefix >= bits && address.match(block, bits));
}
