import type { DnsAnswer, DnsData, DnsResolver, DnsType } from "../../components/mail-dns/resolver";

/** A DNS in which these names have one TXT record each, and no other name exists. It counts what it is asked. */
export function dnsOf(texts: Readonly<Record<string, string>>): DnsResolver & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    lookUp: async <T extends DnsType>(name: string, type: T): Promise<DnsAnswer<T>> => {
      asked.push(`${name} ${type}`);
      const text = texts[name];
      const data: { [K in DnsType]?: DnsData[K][] } = { TXT: text === undefined ? [] : [text] };
      return { exists: text !== undefined, records: data[type] ?? [] };
    },
  };
}
