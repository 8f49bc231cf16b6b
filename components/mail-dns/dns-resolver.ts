import { BADRESP, NODATA, NOTFOUND } from "node:dns";
import { Resolver } from "node:dns/promises";
import { isQueryable } from "./dns-name";
import type { DnsAnswer, DnsData, DnsResolver, DnsType } from "./resolver";

/** How {@link dnsResolver} asks. */
export interface DnsResolverOptions {
  /** Addresses, with a port if it is not 53: `192.0.2.53`, `[2001:db8::53]:5353`. Default: the machine's own. */
  servers?: string[];
  /** How long the first attempt waits for an answer, in milliseconds; later ones wait longer. Default 2000. */
  timeoutMs?: number;
  /** How often a question is sent before nobody knows. Default 3. */
  attempts?: number;
  /** How many questions are under way at once; others wait. Default 50. */
  concurrency?: number;
}

type Asks = { [T in DnsType]: (name: string) => Promise<DnsData[T][]> };
type Caches = { [T in DnsType]: Map<string, Promise<DnsAnswer<T>>> };

/**
 * Looks up in DNS, over UDP and, where an answer is too long for it, TCP. Each instance remembers what it was
 * told for as long as it lives, failures excepted: make one for each run.
 *
 * Node's resolver refuses names with other characters than host names have. SPF macros make such names, of bounce
 * addresses with a plus sign for instance, so these are asked for directly. A name that DNS cannot carry, such as
 * one with an empty label, does not exist.
 */
export function dnsResolver(options: DnsResolverOptions = {}): DnsResolver {
  const { servers, timeoutMs = 2000, attempts = 3, concurrency = 50 } = options;
  const resolver = new Resolver({ timeout: timeoutMs, tries: attempts });
  if (servers !== undefined) {
    resolver.setServers(servers);
  }
  const asks: Asks = {
    A: (name) => resolver.resolve4(name),
    AAAA: (name) => resolver.resolve6(name),
    CNAME: async (name) => (await resolver.resolveCname(name)).map(toName),
    MX: async (name) =>
      (await resolver.resolveMx(name)).map(({ priority, exchange }) => ({
        preference: priority,
        exchange: toName(exchange),
      })),
    NS: async (name) => (await resolver.resolveNs(name)).map(toName),
    PTR: async (name) => (await resolver.resolvePtr(name)).map(toName),
    TXT: async (name) => (await resolver.resolveTxt(name)).map((strings) => strings.join("")),
  };
  const caches: Caches = {
    A: new Map(),
    AAAA: new Map(),
    CNAME: new Map(),
    MX: new Map(),
    NS: new Map(),
    PTR: new Map(),
    TXT: new Map(),
  };
  const turn = turnstile(concurrency);
  return {
    lookUp: <T extends DnsType>(name: string, type: T): Promise<DnsAnswer<T>> => {
      const key = name.toLowerCase().replace(/\.$/, "");
      const cache: Map<string, Promise<DnsAnswer<T>>> = caches[type];
      const known = cache.get(key);
      if (known !== undefined) {
        return known;
      }
      const asked = turn(() => ask(key, type));
      cache.set(key, asked);
      asked.catch(() => cache.delete(key));
      return asked;
    },
  };

  async function ask<T extends DnsType>(name: string, type: T): Promise<DnsAnswer<T>> {
    if (!isQueryable(name)) {
      return { exists: false, records: [] };
    }
    if (HOST_CHARACTERS.test(name)) {
      try {
        // An answer of nothing but a CNAME is an empty list here.
        return { exists: true, records: await asks[type](name) };
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === NODATA || code === NOTFOUND) {
          return { exists: code === NODATA, records: [] };
        }
        // Such as a TXT record without strings, which is illegal and no reason to know nothing.
        if (code !== BADRESP) {
          throw error;
        }
      }
    }
    // Loaded here, so that a preview without such names does not pay for it.
    const { exchange, NO_SUCH_NAME } = await import("./dns-exchange");
    const reply = await exchange(name, type, { servers: resolver.getServers(), timeoutMs, attempts });
    return { exists: reply.rcode !== NO_SUCH_NAME, records: reply.records };
  }
}

/** What Node's resolver accepts and writes as it is, without the escapes of RFC 1035 section 5.1. */
const HOST_CHARACTERS = /^[a-z0-9_.-]+$/;

/** A name of an answer, its escapes undone but for a dot within a label, which is no separator. */
function toName(presented: string): string {
  return presented
    .replace(/\\(\d{3}|[^.\d])/g, (_, what: string) =>
      what.length === 3 ? String.fromCharCode(Number(what)) : what,
    )
    .replace(/\.$/, "")
    .toLowerCase();
}

/** Lets at most `places` tasks run at once; the others wait in their order. */
function turnstile(places: number): <R>(task: () => Promise<R>) => Promise<R> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (task) => {
    if (free > 0) {
      free -= 1;
    } else {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        free += 1;
      }
    }
  };
}
