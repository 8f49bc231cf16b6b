import { randomBytes } from "node:crypto";
import type { DnsResolver } from "../../../components/mail-dns/resolver";
import type { SubjectRecord } from "../subject";

/** A record that a name has already. */
export interface Existing {
  name: string;
  type: "CNAME" | "TXT" | "MX" | "A" | "AAAA";
  /** As {@link SubjectRecord.values} has them. */
  value: string;
}

/**
 * What DNS has at the name of a record that is about to be published. What a wildcard answers for any name is left
 * out: a record of its own takes its place without conflict (RFC 4592). Rejects where the resolver does.
 */
export async function existingRecords({ name }: SubjectRecord, resolver: DnsResolver): Promise<Existing[]> {
  const found = await recordsAt(name, resolver);
  if (found.length === 0) {
    return [];
  }
  // A name that nobody has made: what it answers is a wildcard's.
  const label = `doctor-${randomBytes(6).toString("hex")}`;
  const wild = await recordsAt(`${label}.${name.slice(name.indexOf(".") + 1)}`, resolver);
  const isWild = (one: Existing) => wild.some(({ type, value }) => type === one.type && value === one.value);
  return found.filter((one) => !isWild(one));
}

async function recordsAt(name: string, resolver: DnsResolver): Promise<Existing[]> {
  const record =
    (type: Existing["type"]) =>
    (value: string): Existing => ({ name, type, value });
  const { records: aliases } = await resolver.lookUp(name, "CNAME");
  // Whatever else is answered is the target's.
  if (aliases.length > 0) {
    return aliases.map(record("CNAME"));
  }
  const [texts, exchangers, ipv4, ipv6] = await Promise.all([
    resolver.lookUp(name, "TXT"),
    resolver.lookUp(name, "MX"),
    resolver.lookUp(name, "A"),
    resolver.lookUp(name, "AAAA"),
  ]);
  return [
    ...texts.records.map(record("TXT")),
    ...exchangers.records.map(({ exchange }) => record("MX")(exchange)),
    ...ipv4.records.map(record("A")),
    ...ipv6.records.map(record("AAAA")),
  ];
}
