import * as z from "zod";
import { defineFunction, outputOf } from "../../kit";
import type { SendGridApi } from "../api/api";
import { DnsRecord } from "./dns-records";
import { domainName, subdomainName } from "./domain-name";
import { findLinkByName, links } from "./link-branding";

export const getLinkBranding = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getLinkBranding",
  description: `
Looks a branded link up, by its id or by domain and subdomain. It fails where there is none.

API: https://www.twilio.com/docs/sendgrid/api-reference/link-branding/retrieve-a-branded-link
`.trim(),
  inputs: z.object({
    linkId: z
      .string()
      .regex(/^\d+$/, "must be the number that SendGrid gave it")
      .optional()
      .meta({ description: "SendGrid's id of the branded link. Give this, or domain and subdomain." }),
    domain: domainName.optional().meta({ description: "The domain, e.g. `example.com`." }),
    subdomain: subdomainName.optional().meta({ description: "Labels below the domain, e.g. `links`." }),
  }),
  outputs: z.object({
    linkId: z.string().meta({ description: "SendGrid's id of the branded link, a number." }),
    domain: z.string().meta({ description: "The domain in the From address." }),
    subdomain: z.string().meta({ description: "Labels below the domain that links have." }),
    username: z
      .string()
      .meta({ description: "User name of the account or subuser that the branded link belongs to." }),
    valid: z.boolean().meta({ description: "Whether SendGrid's latest check found both records in DNS." }),
    isDefault: z.boolean().meta({ description: "Whether links of mail from other domains have it too." }),
    domainCname: DnsRecord.meta({ description: "Where the links lead: to SendGrid's click tracking." }),
    ownerCname: DnsRecord.optional().meta({ description: "The proof of who owns the branding." }),
  }),
  examples: [
    { linkId: outputOf("LinkBranding", "linkId", { domain: "lookup.example.net" }) },
    {
      domain: outputOf("LinkBranding", "domain", { domain: "lookup.example.net" }),
      subdomain: outputOf("LinkBranding", "subdomain", { domain: "lookup.example.net" }),
    },
  ],
  call: async (operation) => {
    const { linkId, domain, subdomain } = operation.inputs;
    const isNamed = domain !== undefined && subdomain !== undefined;
    const isHalfNamed = domain !== undefined || subdomain !== undefined;
    if (linkId === undefined ? !isNamed : isHalfNamed)
      throw new Error("Give either linkId, or domain and subdomain.");
    const id = isNamed ? await findLinkByName(operation, domain, subdomain) : linkId;
    const found = id === undefined ? undefined : await links.find(operation, id);
    if (found === undefined) {
      const wanted = isNamed ? `${subdomain}.${domain}` : `with the id ${linkId}`;
      throw new Error(`The account has no branded link ${wanted}.`);
    }
    return {
      linkId: found.id,
      domain: found.domain,
      subdomain: found.subdomain ?? "",
      username: found.username ?? "",
      valid: found.valid,
      isDefault: found.default,
      domainCname: found.dns.domain_cname,
      ownerCname: found.dns.owner_cname,
    };
  },
});
