import { EMAIL, EMAIL_FAULT, emptyOr, nullFor, text, toggle } from "./property";
import { defineSetting } from "./setting";

export const ForwardBounceSetting = defineSetting({
  name: "ForwardBounceSetting",
  description: "An email address to which SendGrid forwards the bounces of the account's messages.",
  noun: "bounce forwarding",
  path: "/v3/mail_settings/forward_bounce",
  scope: "mail_settings.forward_bounce",
  page: "settings-mail",
  properties: {
    enabled: toggle("Whether bounces are forwarded."),
    email: {
      ...text("The email address that bounces are forwarded to.", emptyOr(EMAIL, EMAIL_FAULT)),
      encode: nullFor(""),
    },
  },
  rules: [
    {
      properties: ["enabled", "email"],
      fault: ({ enabled, email }) =>
        enabled && email === "" ? "is true, and there is no address: give email" : undefined,
    },
  ],
  examples: [
    { enabled: true, email: "bounces@example.com" },
    { enabled: false, email: "postmaster@example.com" },
  ],
});
