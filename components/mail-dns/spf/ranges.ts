import { type IPv4, type IPv6, parse } from "ipaddr.js";
import type { AddressDirective } from "./terms";

/** An IP range as bytes. */
export interface SpfRange {
  /** The network's address, host bits cleared: 4 or 16 bytes. */
  bytes: readonly number[];
  prefix: number;
  /** Whether the record gave an address with bits beyond the prefix, such as 192.0.2.5/24. */
  hasHostBits: boolean;
  /** What the address is for: `unicast`, `private`, `loopback` and so on. */
  use: string;
}

/** The range of an `ip4` or `ip6` directive. */
export function rangeOf({ mechanism, network, prefix }: AddressDirective): SpfRange {
  const address: IPv4 | IPv6 = parse(network);
  const length = prefix ?? (mechanism === "ip4" ? 32 : 128);
  const given = address.toByteArray();
  const bytes = given.map((byte, index) => byte & mask(length, index));
  return {
    bytes,
    prefix: length,
    hasHostBits: bytes.some((byte, index) => byte !== given[index]),
    use: address.range(),
  };
}

/** Whether every address of `inner` lies in `outer`, which has more of them. */
export function covers(outer: SpfRange, inner: SpfRange): boolean {
  return (
    outer.bytes.length === inner.bytes.length &&
    outer.prefix < inner.prefix &&
    outer.bytes.every((byte, index) => byte === ((inner.bytes[index] ?? 0) & mask(outer.prefix, index)))
  );
}

function mask(prefix: number, index: number): number {
  const bits = Math.min(Math.max(prefix - index * 8, 0), 8);
  return (0xff << (8 - bits)) & 0xff;
}
