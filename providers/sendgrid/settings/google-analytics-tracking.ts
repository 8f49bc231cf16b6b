import { text, toggle } from "./property";
import { defineSetting } from "./setting";

export const GoogleAnalyticsTracking = defineSetting({
  name: "GoogleAnalyticsTracking",
  description: `
Whether SendGrid adds parameters to the links in messages by which Google Analytics tells where a visitor came from.
A message can say otherwise for itself.
`,
  noun: "Google Analytics",
  path: "/v3/tracking_settings/google_analytics",
  scope: "tracking_settings.google_analytics",
  page: "settings-tracking",
  properties: {
    enabled: toggle("Whether the parameters are added."),
    utmSource: text("Where visitors come from, e.g. `sendgrid.com`."),
    utmMedium: text("By what medium they come, e.g. `email`."),
    utmTerm: text("Paid keywords."),
    utmContent: text("What tells links to the same place apart."),
    utmCampaign: text("Name of the campaign."),
  },
  examples: [
    { enabled: true, utmSource: "newsletter", utmMedium: "email" },
    {
      enabled: true,
      utmSource: "shop",
      utmMedium: "mail",
      utmTerm: "shoes",
      utmContent: "footer",
      utmCampaign: "spring",
    },
    { enabled: false, utmSource: "" },
  ],
});
