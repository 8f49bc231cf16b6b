import * as z from "zod";
import { defineResource, UNKNOWN, whenKnown } from "../../kit";
import type { SendGridApi } from "../api/api";
import { Region } from "../api/base-url";
import { type Asking, Collection } from "../api/collection";
import { byOffset } from "../api/paging";
import { ApiRecord, DnsRecord, foreseen } from "./dns-records";
import { domainName, subdomainName } from "./domain-name";
import { subdomainFault } from "./subdomain-fault";

const Link = z.object({
  id: z.number().transform(String),
  domain: z.string(),
  subdomain: z.string().nullish(),
  username: z.string().nullish(),
  default: z.boolean(),
  valid: z.boolean(),
  dns: z.object({ domain_cname: ApiRecord, owner_cname: ApiRecord.optional() }),
});
type Link = z.output<typeof Link>;

/** The account's branded links. */
export const links = new Collection({
  noun: "branded link",
  path: "/v3/whitelabel/links",
  scope: "whitelabel",
  item: Link,
  // Old links without today's records must not stand in the way of a look-up: only this much is read.
  listed: z.object({ id: z.number().transform(String), domain: z.string(), subdomain: z.string().nullish() }),
  paging: byOffset(),
});

/** The branded link with a domain and a subdomain, of which an account can have only one. */
export async function findLinkByName(
  operation: Asking,
  domain: string,
  subdomain: string,
): Promise<string | undefined> {
  const all = await links.list(operation);
  return all.find((each) => each.domain === domain && each.subdomain === subdomain)?.id;
}

/** What the API calls the regions here. */
const REGIONS = { global: "us", eu: "eu" };

export const LinkBranding = defineResource<SendGridApi>()({
  token: "sendgrid:index:LinkBranding",
  description: `
A domain of yours under which click tracking rewrites the links of messages, instead of SendGrid's: recipients and
filters see one domain throughout.

Creating it does not make it valid: publish the two CNAME records, then let a \`LinkValidation\` have SendGrid check
them. Deleting it breaks the links of messages that were sent, once its records are gone.

API: https://www.twilio.com/docs/sendgrid/api-reference/link-branding
`.trim(),
  inputs: z.object({
    domain: domainName.meta({
      description: "The domain in the From address, e.g. `example.com`; 253 characters at most (RFC 1035).",
      replace: true,
    }),
    subdomain: subdomainName.meta({
      description:
        "Labels below the domain that links have, e.g. `links` for `links.example.com`. It must be another one than that of the domain's authentication, and nothing else may have records there.",
      replace: true,
    }),
    isDefault: z.boolean().optional().meta({
      description:
        "Whether links of mail from other domains are branded with it too. Left as it is when not set.",
    }),
    region: Region.default("global").meta({
      description:
        "Where clicks are received: `global` or `eu`. The API never returns it: after an import, the program's value is taken over.",
      replace: true,
      neverReturned: true,
    }),
    accountUserId: z
      .string()
      .regex(/^\d+$/, "must be the account's number, as getAccount has it")
      .optional()
      .meta({
        description:
          "The account's number, `userId` of `getAccount`: the name of `ownerCname` begins with it, which so is known in the preview. Only that depends on it.",
        neverReturned: true,
        equals: () => true,
      }),
  }),
  outputs: z.object({
    linkId: z.string().meta({ description: "SendGrid's id of the branded link, a number." }),
    isDefault: z
      .boolean()
      .meta({ description: "Whether links of mail from other domains are branded with it too." }),
    username: z.string().meta({ description: "User name of the account or subuser that it belongs to." }),
    domainCname: DnsRecord.meta({ description: "Where the links lead: to SendGrid's click tracking." }),
    ownerCname: DnsRecord.optional().meta({
      description: "The proof of who owns the branding: a name that begins with the account's number.",
    }),
  }),
  rules: [{ properties: ["subdomain", "domain"], fault: subdomainFault }],
  identity: {
    properties: ["domain", "subdomain"],
    find: (operation) => findLinkByName(operation, operation.inputs.domain, operation.inputs.subdomain),
  },
  examples: [
    { domain: "example.com", subdomain: "links", accountUserId: "4711471" },
    { domain: "example.com", subdomain: "links", accountUserId: "4711471", isDefault: true },
    { domain: "example.com", subdomain: "click", region: "eu" },
    { domain: "example.org", subdomain: "click", region: "eu" },
  ],
  preview: ({ domain, subdomain, accountUserId, isDefault }, state) => {
    if (state !== undefined) return isDefault === undefined ? {} : { isDefault };
    const ownerHost = whenKnown([accountUserId, domain], (id, of) => id && `${id}.${of}`);
    return {
      domainCname: whenKnown([domain, subdomain], (of, labels) =>
        foreseen({ type: "CNAME", host: `${labels}.${of}` }),
      ),
      ownerCname: typeof ownerHost === "string" ? foreseen({ type: "CNAME", host: ownerHost }) : UNKNOWN,
      ...(isDefault === undefined ? {} : { isDefault }),
    };
  },
  create: async (operation) => {
    const { domain, subdomain, isDefault, region } = operation.inputs;
    const body = { domain, subdomain, default: isDefault, region: REGIONS[region] };
    const created = await links.create(operation, `${subdomain}.${domain}`, body);
    return { id: created.id, outputs: outputsOf(created) };
  },
  read: async (operation) => {
    const found = await links.read(operation, ({ id }) => id);
    if (found === undefined) return undefined;
    const { domain, subdomain } = found;
    return {
      inputs: { domain, subdomain: subdomain ?? undefined, isDefault: found.default },
      outputs: outputsOf(found),
    };
  },
  update: async (operation) => {
    const { id, inputs } = operation;
    if (inputs.isDefault !== undefined) await links.change(operation, id, { default: inputs.isDefault });
    return inputs.isDefault === undefined ? {} : { isDefault: inputs.isDefault };
  },
  delete: async (operation) => await links.remove(operation, operation.id),
});

function outputsOf({ id, default: isDefault, username, dns }: Link) {
  return {
    linkId: id,
    isDefault,
    username: username ?? "",
    domainCname: dns.domain_cname,
    ownerCname: dns.owner_cname,
  };
}
