import type { DnsAnswer, DnsData, DnsResolver, DnsType } from "../../../components/mail-dns/resolver";

/** A record as `[type, data]`. */
export type MemoryRecord = { [T in DnsType]: [type: T, data: DnsData[T]] }[DnsType];

/** Names in lower case; `TIMEOUT` for one that nobody answers for. What is not here does not exist. */
export type MemoryZone = Readonly<Record<string, readonly MemoryRecord[] | "TIMEOUT">>;

/** A resolver without network, for many evaluations in a short time. `asked` is called for every question. */
export function memoryResolver(zone: MemoryZone, asked: (name: string, type: DnsType) => void = () => {}) {
  const lookUp = async <T extends DnsType>(name: string, type: T, links = 0): Promise<DnsAnswer<T>> => {
    asked(name, type);
    const entries = zone[name.toLowerCase().replace(/\.$/, "")];
    if (entries === "TIMEOUT" || links > 8) {
      throw new Error(entries === "TIMEOUT" ? "DNS timeout" : "CNAME loop");
    }
    if (entries === undefined) {
      return { exists: false, records: [] };
    }
    const records = entries.filter(
      (entry): entry is Extract<MemoryRecord, [T, unknown]> => entry[0] === type,
    );
    const alias = entries.find((entry) => entry[0] === "CNAME");
    if (alias?.[0] === "CNAME" && type !== "CNAME") {
      return lookUp(alias[1], type, links + 1);
    }
    return { exists: true, records: records.map(([, data]) => data as DnsData[T]) };
  };
  const resolver: DnsResolver = { lookUp: (name, type) => lookUp(name, type) };
  return resolver;
}
