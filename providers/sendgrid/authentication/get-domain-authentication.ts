import * as z from "zod";
import { defineFunction, outputOf } from "../../kit";
import { textOrEmpty } from "../api/answer";
import type { SendGridApi } from "../api/api";
import { byOffset } from "../api/paging";
import { ApiRecords, DnsRecord } from "./dns-records";
import { Domain, domains, findDomainByName } from "./domain";
import { domainName, subdomainName } from "./domain-name";

const record = (what: string) => DnsRecord.optional().meta({ description: what });

const Found = {
  domainId: z.string().meta({ description: "SendGrid's id of the domain, a number." }),
  domain: z.string().meta({ description: "The domain in the From address." }),
  subdomain: z.string().meta({ description: "Labels below the domain that are the return path." }),
  username: z
    .string()
    .meta({ description: "User name of the account or subuser that the domain belongs to." }),
  valid: z.boolean().meta({ description: "Whether SendGrid's latest check found all records in DNS." }),
  isDefault: z.boolean().meta({ description: "Whether it is the fallback for senders of other domains." }),
  automaticSecurity: z.boolean().meta({ description: "Whether SendGrid keeps SPF and the DKIM keys." }),
  customSpf: z.boolean().meta({ description: "Whether the SPF record lists `ips`." }),
  ips: z.array(z.string()).meta({ description: "IPv4 addresses in the custom SPF record." }),
  mailCname: record("Return path, with automatic security."),
  dkim1: record("First DKIM key, with automatic security."),
  dkim2: record("Second DKIM key, with automatic security."),
  mailServer: record("MX of the return path, with manual security."),
  subdomainSpf: record("SPF of the return path, with manual security."),
  domainSpf: record("SPF that SendGrid proposes for the domain, with manual security."),
  dkim: record("DKIM key, with manual security."),
};

type ListedDomain = Omit<Domain, "dns"> & { dns?: Domain["dns"] };

const resultOf = ({ id, default: isDefault, dns, ...domain }: ListedDomain) => ({
  domainId: id,
  domain: domain.domain,
  subdomain: domain.subdomain,
  username: domain.username,
  valid: domain.valid,
  isDefault,
  automaticSecurity: domain.automatic_security,
  customSpf: domain.custom_spf,
  ips: domain.ips,
  ...dns,
});

const API = "API: https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication";

export const getDomainAuthentication = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getDomainAuthentication",
  description: `
Looks an authenticated domain up, by its id or by domain and subdomain. It fails where there is none.

${API}/retrieve-an-authenticated-domain
`.trim(),
  inputs: z.object({
    domainId: z
      .string()
      .regex(/^\d+$/, "must be the number that SendGrid gave it")
      .optional()
      .meta({ description: "SendGrid's id of the domain. Give this, or domain and subdomain." }),
    domain: domainName.optional().meta({ description: "The domain, e.g. `example.com`." }),
    subdomain: subdomainName.optional().meta({ description: "Labels below the domain, e.g. `em`." }),
  }),
  outputs: z.object(Found),
  examples: [
    { domainId: outputOf("DomainAuthentication", "domainId", { domain: "lookup.example.net" }) },
    {
      domain: outputOf("DomainAuthentication", "domain", { domain: "lookup.example.net" }),
      subdomain: outputOf("DomainAuthentication", "subdomain", { domain: "lookup.example.net" }),
    },
  ],
  call: async (operation) => {
    const { domainId, domain, subdomain } = operation.inputs;
    const isNamed = domain !== undefined && subdomain !== undefined;
    const isHalfNamed = domain !== undefined || subdomain !== undefined;
    if (domainId === undefined ? !isNamed : isHalfNamed)
      throw new Error("Give either domainId, or domain and subdomain.");
    const id = isNamed ? await findDomainByName(operation, domain, subdomain) : domainId;
    const found = id === undefined ? undefined : await domains.find(operation, id);
    if (found !== undefined) return resultOf(found);
    const wanted = isNamed ? `${subdomain}.${domain}` : `with the id ${domainId}`;
    throw new Error(
      `The account has no authenticated domain ${wanted}: getDomainAuthentications lists those that it has.`,
    );
  },
});

/** Domains from before today's records are listed too, without records. */
const Listed = Domain.extend({
  subdomain: textOrEmpty,
  dns: ApiRecords.optional().catch(undefined),
});

export const getDomainAuthentications = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getDomainAuthentications",
  description: `
Lists the account's authenticated domains, those of its subusers included, with all that is known of them.

${API}/list-all-authenticated-domains
`.trim(),
  inputs: z.object({
    domain: z.string().min(1).optional().meta({
      description: "Only domains whose name has this in it, by SendGrid's own search.",
    }),
    username: z.string().min(1).optional().meta({ description: "Only those of this account or subuser." }),
    excludeSubusers: z
      .boolean()
      .default(false)
      .meta({ description: "Whether to leave out those of subusers." }),
  }),
  outputs: z.object({
    domains: z
      .array(
        z.object(Found).meta({ typeName: "AuthenticatedDomain", description: "An authenticated domain." }),
      )
      .meta({ description: "The domains, in SendGrid's order; empty where there are none." }),
  }),
  examples: [{}, { domain: "example.net", excludeSubusers: true }, { username: "team" }],
  call: async ({ inputs, session, signal }) => {
    const { domain, username, excludeSubusers } = inputs;
    const query = {
      ...(domain === undefined ? {} : { domain }),
      ...(username === undefined ? {} : { username }),
      ...(excludeSubusers ? { exclude_subusers: true } : {}),
    };
    const purpose = { task: "list the authenticated domains", scope: "whitelabel.read" };
    const request = { path: "/v3/whitelabel/domains", query, purpose, signal };
    return { domains: (await session.list(request, Listed, byOffset())).map(resultOf) };
  },
});
