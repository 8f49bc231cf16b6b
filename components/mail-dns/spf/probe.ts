import { parse } from "ipaddr.js";
import { isQueryable } from "../dns-name";
import type { DnsResolver } from "../resolver";
import { expandDomain, macroLetters } from "./macro";
import { NAME_LIMIT } from "./terms";

/** Queries that find nothing: for a client with an IPv4 address, and for one with an IPv6 address. */
export interface Voids {
  ipv4: number;
  ipv6: number;
}

/** The name that a domain-spec of a record at `domain` stands for, or undefined where that depends on the sender. */
export function fixedName(spec: string | undefined, domain: string): string | undefined {
  if (spec === undefined) {
    return domain;
  }
  const letters = macroLetters(spec);
  letters.delete("d");
  if (letters.size > 0) {
    return undefined;
  }
  // Only the macro d is expanded, so the client and the sender do not matter.
  return expandDomain(spec, { ip: parse("192.0.2.1"), sender: "", helo: "", domain }).toLowerCase();
}

/** What an `a`, `mx` or `exists` finds, whoever the client is. */
export interface Probe {
  voids: Voids;
  addresses: { ipv4: string[]; ipv6: string[] };
  fault?: { kind: "names" | "unknown"; message: string };
}

/** Looks up what an `a`, `mx` or `exists` needs. An error of DNS is a fault of kind `unknown`, not an exception. */
export async function probeHost(
  resolver: DnsResolver,
  mechanism: "a" | "mx" | "exists",
  name: string,
): Promise<Probe> {
  const nothing = { voids: { ipv4: 0, ipv6: 0 }, addresses: { ipv4: [], ipv6: [] } };
  if (!isQueryable(name)) {
    return nothing;
  }
  try {
    if (mechanism === "exists") {
      const { records } = await resolver.lookUp(name, "A");
      const count = records.length === 0 ? 1 : 0;
      return { ...nothing, voids: { ipv4: count, ipv6: count } };
    }
    if (mechanism === "a") {
      return await probeHosts(resolver, [name]);
    }
    const { records } = await resolver.lookUp(name, "MX");
    if (records.length === 0) {
      return { ...nothing, voids: { ipv4: 1, ipv6: 1 } };
    }
    if (records.length > NAME_LIMIT) {
      const message = `${name} has ${records.length} MX records, and ${NAME_LIMIT} are allowed`;
      return { ...nothing, fault: { kind: "names", message } };
    }
    return await probeHosts(resolver, records.map(({ exchange }) => exchange).filter(isQueryable));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...nothing, fault: { kind: "unknown", message: `nobody answers for ${name}: ${why}` } };
  }
}

async function probeHosts(resolver: DnsResolver, names: readonly string[]): Promise<Probe> {
  const [short, long] = await Promise.all(
    (["A", "AAAA"] as const).map((type) => Promise.all(names.map((name) => resolver.lookUp(name, type)))),
  );
  const voids = (answers: typeof short) => answers?.filter(({ records }) => records.length === 0).length ?? 0;
  const addresses = (answers: typeof short) => answers?.flatMap(({ records }) => records) ?? [];
  return {
    voids: { ipv4: voids(short), ipv6: voids(long) },
    addresses: { ipv4: addresses(short), ipv6: addresses(long) },
  };
}
