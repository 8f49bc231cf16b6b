import { toggle } from "./property";
import { defineSetting } from "./setting";

export const ClickTracking = defineSetting({
  name: "ClickTracking",
  description: `
Whether SendGrid notices that links are followed: it replaces every link in HTML messages, up to 1000 a message, by one
that leads there by way of SendGrid or of the domain of a link branding. A message can say otherwise for itself.

Whether links in plain text are replaced too can be set in the console only.
`,
  noun: "click tracking",
  path: "/v3/tracking_settings/click",
  scope: "tracking_settings.click",
  page: "settings-tracking",
  properties: { enabled: toggle("Whether links are tracked.") },
  examples: [{ enabled: true }, { enabled: false }],
});
