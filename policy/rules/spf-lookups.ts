import * as z from "zod";
import { dnsResolver } from "../../components/mail-dns/dns-resolver";
import type { DnsResolver } from "../../components/mail-dns/resolver";
import { spfBudget } from "../../components/mail-dns/spf/budget";
import { LOOKUP_LIMIT, VOID_LIMIT } from "../../components/mail-dns/spf/record";
import { defineRule, type RuleResource, type Violation } from "../rule";
import { singleSpfRecords } from "./spf";
import { stackResolver } from "./stack-resolver";

const lookUpSettings = {
  lookUp: z.boolean().default(true).meta({
    description: "Whether names outside the stack are looked up in DNS; otherwise nothing is known of them.",
  }),
  dnsServers: z
    .array(z.string())
    .default([])
    .meta({ description: "DNS servers to ask, such as 192.0.2.53; empty: those of the machine." }),
};

/** How names outside the stack are looked up. */
export interface LookUpSettings {
  lookUp: boolean;
  dnsServers: string[];
}

/** One resolver for each list of servers: what it was told once is good for the whole run. */
const resolvers = new Map<string, DnsResolver>();

function outside({ lookUp, dnsServers }: LookUpSettings): DnsResolver | undefined {
  if (!lookUp) {
    return undefined;
  }
  const key = dnsServers.join(" ");
  const known = resolvers.get(key) ?? dnsResolver(dnsServers.length === 0 ? {} : { servers: dnsServers });
  resolvers.set(key, known);
  return known;
}

export const spfLookups = defineRule({
  name: "spf-lookups",
  title: "SPF within ten look-ups",
  description:
    "With all that it includes, an SPF record takes at most ten look-ups, and two that find nothing (RFC 7208 section 4.6.4).",
  remediation: "Remove includes of services that no longer send, or give a service a subdomain of its own.",
  level: "mandatory",
  severity: "high",
  scope: "stack",
  settings: z.object({
    ...lookUpSettings,
    limit: z
      .int()
      .min(0)
      .max(LOOKUP_LIMIT)
      .default(LOOKUP_LIMIT)
      .meta({ description: "How many look-ups a record may take; fewer leave room for what services add." }),
  }),
  check: (resources, settings) => overBudget(resources, settings.limit, outside(settings)),
});

/** The SPF records of the stack that take too many look-ups. A name that nobody answers for counts as the one look-up for it. */
export async function overBudget(
  resources: readonly RuleResource[],
  limit: number,
  elsewhere: DnsResolver | undefined,
): Promise<Violation[]> {
  const resolver = stackResolver(resources, elsewhere);
  const found = await Promise.all(
    singleSpfRecords(resources).map(async ({ urn, name, text }) => {
      const { lookups, voids, spendings } = await spfBudget(name, resolver, text);
      const faults: string[] = [];
      if (lookups > limit) {
        faults.push(`takes ${lookups} look-ups, and ${limit} are allowed`);
      }
      // Few clients come with IPv6, and hosts without AAAA records are common.
      if (voids.ipv4 > VOID_LIMIT) {
        const empty = spendings.filter((each) => each.voids.ipv4 > 0).map(({ path }) => path);
        faults.push(
          `finds nothing in ${voids.ipv4} look-ups, and ${VOID_LIMIT} are allowed: ${empty.join(", ")}`,
        );
      }
      return faults.map((fault): Violation => ({ urn, message: `${name}: the SPF record ${fault}` }));
    }),
  );
  return found.flat();
}

/** What makes an evaluation fail for certain where it is reached; not that nobody answered. */
const CERTAIN = new Set(["missing", "several", "loop", "names"]);

export const spfIncludes = defineRule({
  name: "spf-includes",
  title: "SPF that leads to SPF",
  description:
    "What an SPF record includes has exactly one SPF record. Otherwise receivers have a permanent error where they get there.",
  remediation: "Remove the term, or ask the service for the name of its SPF record.",
  level: "advisory",
  severity: "medium",
  scope: "stack",
  settings: z.object(lookUpSettings),
  check: (resources, settings) => brokenIncludes(resources, outside(settings)),
});

/** The terms of the stack's SPF records that lead to no, several or circular records. */
export async function brokenIncludes(
  resources: readonly RuleResource[],
  elsewhere: DnsResolver | undefined,
): Promise<Violation[]> {
  const resolver = stackResolver(resources, elsewhere);
  const found = await Promise.all(
    singleSpfRecords(resources).map(async ({ urn, name, text }) => {
      const { problems } = await spfBudget(name, resolver, text);
      return problems
        .filter(({ kind, path }) => CERTAIN.has(kind) || (kind === "invalid" && path !== name))
        .map(({ path, message }): Violation => ({ urn, message: `${path}: ${message}` }));
    }),
  );
  return found.flat();
}
