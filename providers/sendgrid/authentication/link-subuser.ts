import { outputOf } from "../../kit";
import { associationOf } from "./subuser-association";

const validated = (domain: string) =>
  outputOf("LinkValidation", "linkId", { linkId: outputOf("LinkBranding", "linkId", { domain }) });

export const LinkSubuser = associationOf({
  token: "sendgrid:index:LinkSubuser",
  description: `
Lets the messages of a subuser have the branded links of its parent account.

A subuser can have one branded link in this way. Deleting it takes the link away from the subuser, and leaves the
link as it is.

It is imported by the subuser's name.

API: https://www.twilio.com/docs/sendgrid/api-reference/link-branding/associate-a-branded-link-with-a-subuser
`.trim(),
  idInput: "linkId",
  validation: "LinkValidation",
  noun: "branded link",
  path: "/v3/whitelabel/links",
  examples: [
    { linkId: validated("team.example.net"), username: "team" },
    { linkId: validated("crew.example.net"), username: "team" },
    { linkId: validated("crew.example.net"), username: "sales" },
  ],
});
