import * as z from "zod";
import { texts, toggle } from "./property";
import { defineSetting } from "./setting";

const entry = z
  .string()
  .regex(
    /^([^\s@,]{1,64}@)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i,
    "must be an email address or a domain, e.g. someone@example.com or example.com",
  );

export const AddressWhitelistSetting = defineSetting({
  name: "AddressWhitelistSetting",
  description: `
Recipients whose mail SendGrid never suppresses: their bounces, blocks and unsubscribes are passed over.

Name domains of your own only. With a domain like gmail.com, mail would go to people who have unsubscribed, which laws
such as CAN-SPAM forbid. For a subuser in the EU, the list is stored outside the EU.
`,
  noun: "the address whitelist",
  path: "/v3/mail_settings/address_whitelist",
  scope: "mail_settings.address_whitelist",
  page: "settings-mail",
  properties: {
    enabled: toggle("Whether the list is followed."),
    list: texts("Email addresses, and domains whose addresses are all meant, in any order.", entry),
  },
  examples: [
    { enabled: true, list: ["example.com"] },
    { enabled: true, list: ["example.com", "someone@example.org"] },
    { enabled: false, list: [] },
  ],
});
