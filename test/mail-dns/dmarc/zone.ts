import type { DnsAnswer, DnsResolver, DnsType } from "../../../components/mail-dns/resolver";

/**
 * A resolver over TXT records in memory: names with a record, and the names above those, exist. It stands for
 * DNS without delegation, CNAMEs or time.
 * @param failing names whose look-up rejects
 */
export function zone(
  txt: Record<string, string | string[]>,
  failing: readonly string[] = [],
): DnsResolver & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    lookUp: async <T extends DnsType>(name: string, type: T): Promise<DnsAnswer<T>> => {
      asked.push(`${name} ${type}`);
      if (failing.includes(name)) {
        throw new Error(`SERVFAIL for ${name}`);
      }
      const exists = Object.keys(txt).some((key) => key === name || key.endsWith(`.${name}`));
      const records = type === "TXT" ? [txt[name] ?? []].flat() : [];
      return { exists, records: records as DnsAnswer<T>["records"] };
    },
  };
}
