import { outputOf } from "../../kit";
import { domains } from "./domain";
import { validationOf } from "./validation";

export const DomainValidation = validationOf({
  token: "sendgrid:index:DomainValidation",
  description: `
SendGrid's check that the DNS records of a \`DomainAuthentication\` are published.

Create it after the records. It has SendGrid look them up again and again, showing what is still missing, until all
of them are right or the time is up; then it fails with SendGrid's reason for each record. A later \`pulumi up\`
tries again. It has nothing of its own at SendGrid: deleting it leaves the domain as it is.

API: https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication/validate-a-domain-authentication
`.trim(),
  idInput: "domainId",
  resource: "DomainAuthentication",
  noun: "authenticated domain",
  keys: "`mailCname`, `dkim1`, `dkim2`, or `mailServer`, …",
  collection: domains,
  subjectOf: ({ id, valid, domain, dns }) => ({ id, valid, name: domain, records: { ...dns } }),
  examples: [
    { domainId: outputOf("DomainAuthentication", "domainId", { domain: "news.example.net" }) },
    {
      domainId: outputOf("DomainAuthentication", "domainId", { domain: "news.example.net" }),
      timeoutSeconds: 60,
      triggers: { dkim1: "new" },
    },
    { domainId: outputOf("DomainAuthentication", "domainId", { domain: "shop.example.net" }) },
  ],
});
