import { outputOf } from "../../kit";
import { links } from "./link-branding";
import { validationOf } from "./validation";

export const LinkValidation = validationOf({
  token: "sendgrid:index:LinkValidation",
  description: `
SendGrid's check that the DNS records of a \`LinkBranding\` are published.

Create it after the records. It has SendGrid look them up again and again, showing what is still missing, until both
are right or the time is up; then it fails with SendGrid's reasons. A later \`pulumi up\` tries again. It has nothing
of its own at SendGrid: deleting it leaves the branding as it is.

API: https://www.twilio.com/docs/sendgrid/api-reference/link-branding/validate-a-branded-link
`.trim(),
  idInput: "linkId",
  resource: "LinkBranding",
  noun: "branded link",
  keys: "`domainCname` and `ownerCname`",
  collection: links,
  subjectOf: ({ id, valid, domain, subdomain, dns }) => ({
    id,
    valid,
    name: `${subdomain}.${domain}`,
    records: { domainCname: dns.domain_cname, ...(dns.owner_cname && { ownerCname: dns.owner_cname }) },
  }),
  examples: [
    { linkId: outputOf("LinkBranding", "linkId", { domain: "links.example.net" }) },
    {
      linkId: outputOf("LinkBranding", "linkId", { domain: "links.example.net" }),
      timeoutSeconds: 60,
      triggers: { domainCname: "new" },
    },
    { linkId: outputOf("LinkBranding", "linkId", { domain: "go.example.net" }) },
  ],
});
