/** What a look-up of each type gives. TXT: the character strings of a record joined, one octet a character. */
export interface DnsData {
  A: string;
  AAAA: string;
  CNAME: string;
  MX: { preference: number; exchange: string };
  NS: string;
  PTR: string;
  TXT: string;
}

export type DnsType = keyof DnsData;

/** The answer to a question; no records where the name lacks the type. */
export interface DnsAnswer<T extends DnsType> {
  /** False for NXDOMAIN: neither the name nor one below it exists (RFC 8020). */
  exists: boolean;
  /** In the order of the answer, names lower case without trailing dot. */
  records: DnsData[T][];
}

/**
 * Who answers DNS questions: pure code is given one, and never looks up by itself. CNAMEs are followed but for
 * the type CNAME.
 */
export interface DnsResolver {
  /** Rejects where nobody knows: no answer in time, SERVFAIL, REFUSED. That is never "no records". */
  lookUp<T extends DnsType>(name: string, type: T): Promise<DnsAnswer<T>>;
}

/** A resolver for which planned TXT records, by name, are published already, in place of what the name has. */
export function withPlanned(resolver: DnsResolver, planned: ReadonlyMap<string, string>): DnsResolver {
  const texts = new Map<string, DnsAnswer<"TXT">>();
  for (const [name, text] of planned) {
    texts.set(name, { exists: true, records: [text] });
  }
  const known: { [T in DnsType]?: ReadonlyMap<string, DnsAnswer<T>> } = { TXT: texts };
  return { lookUp: async (name, type) => known[type]?.get(name) ?? resolver.lookUp(name, type) };
}
