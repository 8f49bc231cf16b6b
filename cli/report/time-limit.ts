import type { DnsAnswer, DnsResolver, DnsType } from "../../components/mail-dns/resolver";

/** Answers as `resolver` does for so many seconds from now on; what is not answered by then is an error. */
export function withTimeLimit(resolver: DnsResolver, seconds: number): DnsResolver {
  const end = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`no answer within ${seconds} seconds`));
    setTimeout(late, seconds * 1_000).unref();
  });
  // Nobody may wait for it.
  end.catch(() => {});
  return {
    lookUp: <T extends DnsType>(name: string, type: T): Promise<DnsAnswer<T>> =>
      Promise.race([resolver.lookUp(name, type), end]),
  };
}
