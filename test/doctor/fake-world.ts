import type { DoctorWorld, NamedResolver } from "../../cli/doctor/doctor-world";
import type { SendGridAnswer, SendGridReader } from "../../cli/doctor/sendgrid-reader";
import type { SendGridIdentity, Subject, SubjectDomain, SubjectRecord } from "../../cli/doctor/subject";
import { type MemoryZone, memoryResolver } from "../mail-dns/spf/memory-zone";

/** The domain of these tests. */
export const DOMAIN = "example.com";
/** Where its name servers are. */
export const DELEGATION: MemoryZone = {
  [DOMAIN]: [
    ["NS", `ns1.${DOMAIN}`],
    ["NS", `ns2.${DOMAIN}`],
  ],
  [`ns1.${DOMAIN}`]: [["A", "192.0.2.1"]],
  [`ns2.${DOMAIN}`]: [["A", "192.0.2.2"]],
};

export interface FakeWorld {
  /** What all resolvers say beside the delegation. */
  zone?: MemoryZone;
  /** What single resolvers say in its place, by name. */
  resolvers?: Record<string, MemoryZone>;
  /** What name servers say, by address; what resolvers say where one is left out. Default: nobody is asked. */
  nameServers?: Record<string, MemoryZone>;
  /** Answers of SendGrid, by path; 404 for others. Default: no key. */
  sendGrid?: Record<string, unknown>;
}

/** A world that is made of data. */
export function fakeWorld({ zone = {}, resolvers, nameServers, sendGrid }: FakeWorld = {}): DoctorWorld {
  const everywhere = { ...DELEGATION, ...withApex(zone) };
  const named = Object.entries(resolvers ?? { "192.0.2.53": zone }).map(
    ([name, own]): NamedResolver => ({
      name,
      resolver: memoryResolver({ ...everywhere, ...withApex(own) }),
    }),
  );
  const [first, ...others] = named;
  if (!first) throw new Error("a world has a resolver");
  return {
    resolvers: [first, ...others],
    ...(nameServers && {
      nameServer: (address) => memoryResolver({ ...everywhere, ...withApex(nameServers[address] ?? {}) }),
    }),
    ...(sendGrid && { sendGrid: fakeSendGrid(sendGrid) }),
    dial: { to: (host, port) => ({ host, port }), timeoutMs: 1_000 },
    now: () => new Date("2031-05-01T12:00:00Z"),
  };
}

/** The delegation stays where a test gives other records of the domain itself. */
function withApex(zone: MemoryZone): MemoryZone {
  const own = zone[DOMAIN];
  return own === undefined || own === "TIMEOUT"
    ? zone
    : { ...zone, [DOMAIN]: [...own, ["NS", `ns1.${DOMAIN}`], ["NS", `ns2.${DOMAIN}`]] };
}

const REFUSAL = { kind: "forbidden", message: "SendGrid answered 403: access forbidden." } as const;

function fakeSendGrid(answers: Record<string, unknown>): SendGridReader {
  const all = { "/v3/scopes": { scopes: ["whitelabel.read", "api_keys.read"] }, ...answers };
  return {
    baseUrl: "https://sendgrid.example",
    get: async (path, schema, scope): Promise<SendGridAnswer<never>> => {
      const body = new Map<string, unknown>(Object.entries(all)).get(path);
      if (body === undefined) return { kind: "missing" };
      if (body === 403) return { ...REFUSAL, scope };
      return { kind: "found", value: schema.parse(body) as never };
    },
  };
}

/** A record as the stack declares it; published unless it says otherwise. */
export function record(
  type: string,
  name: string,
  value: string | string[] | undefined,
  more: Partial<SubjectRecord> = {},
): SubjectRecord {
  return {
    name,
    type,
    purpose: "other",
    values: value === undefined ? undefined : [value].flat(),
    proxied: false,
    planned: false,
    host: "Cloudflare",
    ...more,
  };
}

/** A stack with these records of the domain. */
export function subject(
  records: SubjectRecord[],
  more: Partial<Subject> & { domain?: Partial<SubjectDomain> } = {},
): Subject {
  const { domain, ...others } = more;
  return {
    source: "deployed",
    domains: [{ domain: DOMAIN, records, hasDkim: false, ...domain }],
    identities: [],
    keys: [],
    smartHosts: [],
    relays: [],
    sendGridAccess: { region: "global" },
    refusals: [],
    ...others,
  };
}

/** The domain's identity at SendGrid, which is made. */
export const IDENTITY: SendGridIdentity = {
  id: "7",
  domain: DOMAIN,
  subdomain: "em",
  region: "global",
  automaticSecurity: true,
  adopts: false,
};
