import { toggle } from "./property";
import { defineSetting } from "./setting";

export const OpenTracking = defineSetting({
  name: "OpenTracking",
  description: `
Whether SendGrid notices that messages are opened, by an invisible image at the end of HTML messages: for the
statistics, and as events of an \`EventWebhook\`. A message can say otherwise for itself.
`,
  noun: "open tracking",
  path: "/v3/tracking_settings/open",
  scope: "tracking_settings.open",
  page: "settings-tracking",
  properties: { enabled: toggle("Whether openings are tracked.") },
  examples: [{ enabled: true }, { enabled: false }],
});
