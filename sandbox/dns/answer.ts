import type { Answer } from "dns-packet";
import { normalizeName } from "./records";
import { isWithin, type StoredRecord, type Zone, type Zones } from "./zones";

/** DNS response codes that the sandbox's server gives (RFC 1035, section 4.1.1; RFC 6891, section 6.1.3). */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

/** What the zones say to one question. */
export interface Reply {
  rcode: number;
  answers: Answer[];
  authorities: Answer[];
}

/** Zone transfers and mailbox queries: meta types that are no record (RFC 1035, section 3.2.3). */
const REFUSED_TYPES = new Set(["AXFR", "IXFR", "MAILA", "MAILB"]);

/** Longest CNAME chain that is followed; a resolver gives up at about the same length. */
const MAX_CHAIN = 16;

/** Negative answers may be cached this long, in seconds (SOA minimum, RFC 2308). */
const NEGATIVE_TTL = 30;

/**
 * Answers a question from the zones: the algorithm of RFC 1034, section 4.3.2.
 *
 * CNAMEs are followed across all zones, as a resolver would: the clients of the sandbox are stubs and ask
 * nobody else. Names without the asked type give NODATA and missing names NXDOMAIN, both with the SOA.
 */
export function answer(zones: Zones, questionName: string, type: string): Reply {
  const reply: Reply = { rcode: RCODE.NOERROR, answers: [], authorities: [] };
  if (REFUSED_TYPES.has(type)) return { ...reply, rcode: RCODE.REFUSED };

  // The first owner name keeps the case of the question, which resolvers use as a cookie (draft 0x20).
  let owner = questionName;
  const visited = new Set<string>();
  for (;;) {
    const name = normalizeName(owner);
    if (visited.has(name) || visited.size >= MAX_CHAIN) return { ...reply, rcode: RCODE.SERVFAIL };
    visited.add(name);

    const found = look(zones, name, type);
    reply.answers.push(...found.records.map((record) => toAnswer(record, owner)), ...found.apex);
    if (found.next !== undefined) {
      owner = found.next;
      continue;
    }
    reply.rcode = found.exists ? RCODE.NOERROR : RCODE.NXDOMAIN;
    if (found.records.length + found.apex.length === 0) reply.authorities.push(soa(found.zone, NEGATIVE_TTL));
    return reply;
  }
}

interface Finding {
  zone: Zone | undefined;
  exists: boolean;
  records: readonly StoredRecord[];
  apex: Answer[];
  next?: string;
}

function look(zones: Zones, name: string, type: string): Finding {
  const zone = zones.enclosing(name);
  if (!zone) {
    // The root: a parent of a zone exists, everything else does not.
    const exists = name === "" || zones.list().some(({ origin }) => isWithin(origin, name));
    return { zone, exists, records: [], apex: [] };
  }
  const exists = zone.exists(name);
  const present = exists ? zone.at(name) : wildcard(zone, name);
  const apex = name === zone.origin ? apexRecords(zone, type) : [];
  const alias = present.find((record) => record.type === "CNAME");
  if (alias && type !== "CNAME" && type !== "ANY") {
    return { zone, exists: true, records: [alias], apex, next: alias.value };
  }
  const records = present.filter((record) => type === "ANY" || record.type === type);
  return { zone, exists: exists || present.length > 0, records, apex };
}

/** The records of `*.<closest encloser>`, which stand in for a name that does not exist (RFC 4592). */
function wildcard(zone: Zone, name: string): readonly StoredRecord[] {
  let encloser = name;
  while (!zone.exists(encloser)) encloser = encloser.slice(encloser.indexOf(".") + 1);
  return zone.at(`*.${encloser}`);
}

function apexRecords(zone: Zone, type: string): Answer[] {
  const answers: Answer[] = [];
  if (type === "SOA" || type === "ANY") answers.push(soa(zone, 300));
  const delegated = zone.at(zone.origin).some((record) => record.type === "NS");
  if ((type === "NS" || type === "ANY") && !delegated) {
    answers.push(
      ...zone.nameServers.map(
        (data): Answer => ({ name: zone.origin, type: "NS", class: "IN", ttl: 300, data }),
      ),
    );
  }
  return answers;
}

function soa(zone: Zone | undefined, ttl: number): Answer {
  const origin = zone?.origin ?? ".";
  return {
    name: origin,
    type: "SOA",
    class: "IN",
    ttl,
    data: {
      mname: zone?.nameServers[0] ?? "ns1.root-servers.invalid",
      rname: zone ? `hostmaster.${origin}` : "hostmaster.root-servers.invalid",
      serial: zone?.serial ?? 1,
      refresh: 3600,
      retry: 600,
      expire: 604_800,
      minimum: NEGATIVE_TTL,
    },
  };
}

function toAnswer(record: StoredRecord, owner: string): Answer {
  const base = { name: owner, class: "IN" as const, ttl: record.ttl };
  switch (record.type) {
    case "TXT":
      return { ...base, type: "TXT", data: splitText(record.value) };
    case "MX":
      return { ...base, type: "MX", data: { preference: record.priority ?? 0, exchange: record.value } };
    default:
      return { ...base, type: record.type, data: record.value };
  }
}

/**
 * Character strings of at most 255 octets (RFC 1035, section 3.3.14); the reader joins them without space. An empty
 * text is one empty string: a TXT record has at least one.
 */
export function splitText(text: string): Buffer[] {
  const octets = Buffer.from(text);
  const strings: Buffer[] = [];
  for (let start = 0; start < octets.length; start += 255) strings.push(octets.subarray(start, start + 255));
  return strings.length > 0 ? strings : [octets];
}
