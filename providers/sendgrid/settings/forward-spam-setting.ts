import * as z from "zod";
import { EMAIL_FAULT, texts, toggle } from "./property";
import { defineSetting } from "./setting";

export const ForwardSpamSetting = defineSetting({
  name: "ForwardSpamSetting",
  description: `
Email addresses to which SendGrid forwards complaints: spam reports, and mail to \`abuse@\` and \`postmaster@\` of the
return path of an authenticated domain.
`,
  noun: "spam report forwarding",
  path: "/v3/mail_settings/forward_spam",
  scope: "mail_settings.forward_spam",
  page: "settings-mail",
  properties: {
    enabled: toggle("Whether complaints are forwarded."),
    email: {
      ...texts("The email addresses that complaints are forwarded to, in any order.", z.email(EMAIL_FAULT)),
      // The API has them in one text.
      decode: (value) =>
        String(value)
          .split(",")
          .map((each) => each.trim())
          .filter((each) => each !== ""),
      encode: (value) => (Array.isArray(value) ? value.join(", ") : value),
    },
  },
  rules: [
    {
      properties: ["enabled", "email"],
      fault: ({ enabled, email }) =>
        enabled && email?.length === 0 ? "is true, and there is no address: give email" : undefined,
    },
  ],
  examples: [
    { enabled: true, email: ["abuse@example.com"] },
    { enabled: true, email: ["abuse@example.com", "postmaster@example.com"] },
    { enabled: false, email: [] },
  ],
});
