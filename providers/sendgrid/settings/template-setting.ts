import { emptyOr, text, toggle } from "./property";
import { defineSetting } from "./setting";

export const TemplateSetting = defineSetting({
  name: "TemplateSetting",
  description: `
HTML that SendGrid puts around every HTML message: the legacy email template. Newer templates, which a message names,
have more to offer and are independent of it.
`,
  noun: "the legacy template",
  path: "/v3/mail_settings/template",
  scope: "mail_settings.template",
  page: "settings-mail",
  properties: {
    enabled: toggle("Whether messages are wrapped."),
    htmlContent: text(
      "The HTML, with `<% body %>` where the message goes.",
      emptyOr(/<%\s*body\s*%>/, "must contain <% body %>, where the message goes"),
    ),
  },
  rules: [
    {
      properties: ["enabled", "htmlContent"],
      fault: ({ enabled, htmlContent }) =>
        enabled && htmlContent === "" ? "is true, and there is no template: give htmlContent" : undefined,
    },
  ],
  examples: [
    { enabled: true, htmlContent: "<html><body><% body %></body></html>" },
    { enabled: false, htmlContent: "<html><body><h1>Example</h1><% body %></body></html>" },
  ],
});
