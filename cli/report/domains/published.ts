import type { DnsAnswer, DnsResolver, DnsType } from "../../../components/mail-dns/resolver";
import { type DnsRecordSet, dnsRecordSet } from "../../../mail-resources/dns-record";
import type { Preview, ResourceChange } from "../../../mail-resources/preview";
import { UNKNOWN, type Value } from "../../../mail-resources/value";
import { type ZoneNames, zoneNames } from "../../../mail-resources/zone-names";

/** A resource of a DNS host with its record set before and after the update. */
export interface RecordPair {
  resource: ResourceChange;
  before?: DnsRecordSet;
  after?: DnsRecordSet;
}

/** What a preview says of the DNS, before and after the update. */
export interface PreviewedDns {
  pairs: RecordPair[];
  before: Published;
  after: Published;
}

/** The record sets that a program publishes at one time, by name. */
export class Published {
  readonly #sets = new Map<string, DnsRecordSet[]>();

  constructor(sets: Iterable<DnsRecordSet>) {
    for (const set of sets) {
      if (set.name !== UNKNOWN) {
        this.#sets.set(set.name, [...(this.#sets.get(set.name) ?? []), set]);
      }
    }
  }

  names(): string[] {
    return [...this.#sets.keys()];
  }

  at(name: string, type?: string): DnsRecordSet[] {
    const sets = this.#sets.get(name) ?? [];
    return type === undefined ? sets : sets.filter((set) => set.type === type);
  }

  /** The values of a type at a name, of all its resources. */
  values(name: string, type: string): Value[] {
    return this.at(name, type).flatMap(({ values }) => values);
  }

  /** The texts at a name that can be known. */
  texts(name: string): string[] {
    return this.values(name, "TXT").filter((value): value is string => typeof value === "string");
  }

  /** Whether a TXT record at the name can say anything. */
  hasUnknownText(name: string): boolean {
    return this.values(name, "TXT").some((value) => typeof value !== "string");
  }
}

/** Reads the records of all DNS hosts, in the order of the preview. */
export function previewedDns({ changes }: Preview): PreviewedDns {
  const zones = zoneNames(
    changes.flatMap(({ before, after }) => [before, after]).filter((each) => each !== undefined),
  );
  const pairs = changes.flatMap((change) => pairOf(change, zones));
  const side = (which: "before" | "after") =>
    new Published(pairs.map((pair) => pair[which]).filter((set) => set !== undefined));
  return { pairs, before: side("before"), after: side("after") };
}

function pairOf(resource: ResourceChange, zones: ZoneNames): RecordPair[] {
  const before = resource.before && dnsRecordSet(resource.before, zones);
  const after = resource.after && dnsRecordSet(resource.after, zones);
  return before || after ? [{ resource, before, after }] : [];
}

/**
 * Answers as DNS does at the time of `published`: what the program publishes itself from the preview, everything else
 * from `resolver`. What the program publishes at the other time only is not there.
 */
export function resolverAt(
  published: Published,
  other: Published,
  resolver: DnsResolver | undefined,
): DnsResolver {
  const ask = async <T extends DnsType>(name: string, type: T): Promise<DnsAnswer<T>> => {
    if (resolver === undefined) {
      throw new Error(`nobody was asked about ${name}`);
    }
    return await resolver.lookUp(name, type);
  };
  const lookUp = async <T extends DnsType>(given: string, type: T, depth = 0): Promise<DnsAnswer<T>> => {
    const name = given.toLowerCase().replace(/\.$/, "");
    if (type !== "TXT" && type !== "CNAME") {
      return await ask(name, type);
    }
    const values = published.values(name, type);
    if (values.some((value) => typeof value !== "string")) {
      throw new Error(`what ${name} says is known after the update`);
    }
    if (values.length > 0) {
      return asAnswer(type, values.map(String));
    }
    const [target] = published.values(name, "CNAME");
    if (type === "TXT" && target !== undefined && depth < LONGEST_CHAIN) {
      if (typeof target !== "string") {
        throw new Error(`where ${name} leads is known after the update`);
      }
      return await lookUp(target, type, depth + 1);
    }
    if (published.at(name).length === 0 && other.at(name, type).length > 0) {
      return { exists: false, records: [] };
    }
    return await ask(name, type);
  };
  return { lookUp };
}

/** RFC 1034 sets no limit; resolvers follow about this many CNAMEs. */
const LONGEST_CHAIN = 8;

function asAnswer<T extends DnsType>(type: T, values: string[]): DnsAnswer<T> {
  const answers: { [K in "TXT" | "CNAME"]: DnsAnswer<K> } = {
    TXT: { exists: true, records: values },
    CNAME: { exists: true, records: values },
  };
  const known: { [K in DnsType]?: DnsAnswer<K> } = answers;
  return known[type] ?? { exists: true, records: [] };
}
