import * as z from "zod";
import { property, toggle } from "./property";
import { defineSetting } from "./setting";

export const EnforcedTls = defineSetting({
  name: "EnforcedTls",
  description: `
What SendGrid demands of the servers that it hands mail to. Where one does not meet it, the message is dropped, with a
block event that says "TLS required but not supported". With nothing demanded, SendGrid still uses TLS where it can.
`,
  noun: "enforced TLS",
  path: "/v3/user/settings/enforced_tls",
  scope: "user.settings.enforced_tls",
  page: "settings-enforced-tls",
  properties: {
    requireTls: toggle("Whether the recipient's server has to support TLS."),
    requireValidCert: toggle("Whether the recipient's server has to have a valid certificate."),
    version: property({
      description: "The lowest version of TLS where it is demanded: 1.1, 1.2 or 1.3.",
      input: z.literal([1.1, 1.2, 1.3]),
      value: z.number(),
      absent: 1.1,
    }),
  },
  examples: [
    { requireTls: true, version: 1.2 },
    { requireTls: true, requireValidCert: true, version: 1.3 },
    { requireTls: false, requireValidCert: false },
  ],
});
