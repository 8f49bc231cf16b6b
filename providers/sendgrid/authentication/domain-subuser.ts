import { outputOf } from "../../kit";
import { associationOf } from "./subuser-association";

const validated = (domain: string) =>
  outputOf("DomainValidation", "domainId", {
    domainId: outputOf("DomainAuthentication", "domainId", { domain }),
  });

export const DomainSubuser = associationOf({
  token: "sendgrid:index:DomainSubuser",
  description: `
Lets a subuser send mail from a domain that its parent account has authenticated. The subuser can neither see nor
change the domain; one that it authenticates itself goes first.

A subuser can have one domain in this way. Deleting it takes the domain away from the subuser, and leaves the domain
as it is. To give a subuser a domain that it can manage, set \`username\` of the \`DomainAuthentication\` instead.

It is imported by the subuser's name.

API: https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication/associate-an-authenticated-domain-with-a-given-user
`.trim(),
  idInput: "domainId",
  validation: "DomainValidation",
  noun: "authenticated domain",
  path: "/v3/whitelabel/domains",
  examples: [
    { domainId: validated("team.example.net"), username: "team" },
    { domainId: validated("crew.example.net"), username: "team" },
    { domainId: validated("crew.example.net"), username: "sales" },
  ],
});
