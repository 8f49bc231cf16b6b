import { text, toggle } from "./property";
import { defineSetting } from "./setting";

export const FooterSetting = defineSetting({
  name: "FooterSetting",
  description: "A footer that SendGrid adds to every message. A message can say otherwise for itself.",
  noun: "the footer",
  path: "/v3/mail_settings/footer",
  scope: "mail_settings.footer",
  page: "settings-mail",
  properties: {
    enabled: toggle("Whether the footer is added."),
    htmlContent: text("HTML that is added to the HTML part of messages."),
    plainContent: text("Text that is added to the plain part of messages."),
  },
  rules: [
    {
      properties: ["enabled", "htmlContent", "plainContent"],
      fault: ({ enabled, htmlContent, plainContent }) =>
        enabled && htmlContent === "" && plainContent === ""
          ? "is true, and there is nothing to add: give htmlContent or plainContent"
          : undefined,
    },
  ],
  examples: [
    {
      enabled: true,
      htmlContent: "<p>Example Ltd, 1 Example Street</p>",
      plainContent: "Example Ltd, 1 Example Street",
    },
    {
      enabled: false,
      htmlContent: "<p>Example Ltd, 2 Example Street</p>",
      plainContent: "Example Ltd, 2 Example Street",
    },
  ],
});
