import type { DnsAnswer, DnsData, DnsResolver, DnsType } from "../../components/mail-dns/resolver";
import { whole } from "../read";
import { type NamedRecordSet, recordSets } from "../records";
import type { RuleResource } from "../rule";

/** The longest chain of CNAME records that is followed. */
const LONGEST_CHAIN = 8;

/**
 * DNS as it will be: what the stack publishes counts as published, and everything else is asked elsewhere. It
 * rejects, as a resolver does that gets no answer, where the stack's value is not known before the update.
 *
 * @param elsewhere left out, nobody knows about names that the stack does not publish
 */
export function stackResolver(
  resources: readonly RuleResource[],
  elsewhere: DnsResolver | undefined,
): DnsResolver {
  const sets = recordSets(resources);
  const at = (name: string, type: string) => sets.filter((set) => set.name === name && set.type === type);

  async function lookUp<T extends DnsType>(name: string, type: T, links = 0): Promise<DnsAnswer<T>> {
    const key = name.toLowerCase().replace(/\.$/, "");
    const own = at(key, type).flatMap((set) => set.values.map((_, index) => dataOf(type, set, index)));
    if (own.length > 0) {
      return { exists: true, records: own };
    }
    const [alias] = type === "CNAME" ? [] : at(key, "CNAME");
    if (alias !== undefined && links < LONGEST_CHAIN) {
      return await lookUp(dataOf("CNAME", alias), type, links + 1);
    }
    if (elsewhere === undefined) {
      throw new Error(`${name} is not in this stack, and nothing is looked up`);
    }
    return await elsewhere.lookUp(name, type);
  }
  return { lookUp: (name, type) => lookUp(name, type) };
}

const readers: { [T in DnsType]: (text: string, set: NamedRecordSet, index: number) => DnsData[T] } = {
  A: asItIs,
  AAAA: asItIs,
  CNAME: asItIs,
  MX: (exchange, { priority }, index) => ({
    preference: whole(Array.isArray(priority) ? priority[index] : priority) ?? 0,
    exchange,
  }),
  NS: asItIs,
  PTR: asItIs,
  TXT: asItIs,
};

function dataOf<T extends DnsType>(type: T, set: NamedRecordSet, index = 0): DnsData[T] {
  const value = set.values[index];
  if (typeof value !== "string") {
    throw new Error(`the ${type} record of ${set.name} is not known before the update`);
  }
  return readers[type](value, set, index);
}

function asItIs(text: string): string {
  return text;
}
