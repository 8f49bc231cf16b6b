import * as z from "zod";
import { emptyOr, text, toggle } from "./property";
import { defineSetting } from "./setting";

const content = emptyOr(
  /<%.*?%>/s,
  "must contain <% %>, which SendGrid replaces by the address: without it nobody can unsubscribe",
);
const webAddress = z
  .string()
  .refine((value) => value === "" || (/^https?:\/\//.test(value) && URL.canParse(value)), {
    error: "must be an http or https address, e.g. https://example.com/unsubscribe",
  });

export const SubscriptionTracking = defineSetting({
  name: "SubscriptionTracking",
  description: `
Whether SendGrid adds a link to messages by which recipients unsubscribe from all mail of the account. A message can
say otherwise for itself; an \`UnsubscribeGroup\` lets them leave one kind of mail only.
`,
  noun: "subscription tracking",
  path: "/v3/tracking_settings/subscription",
  scope: "tracking_settings.subscription",
  page: "settings-tracking",
  properties: {
    enabled: toggle("Whether the link is added."),
    htmlContent: text(
      "HTML that is added to HTML messages, with `<% %>` where the address goes or around the link's text, e.g. `<% unsubscribe %>`.",
      content,
    ),
    plainContent: text("Text that is added to plain messages, with `<% %>` where the address goes.", content),
    replace: text(
      "A tag of your own, e.g. `[unsubscribe]`: where a message has it, what is added goes there instead of to the end.",
    ),
    landing: text("HTML of the page at SendGrid that recipients see when they have unsubscribed."),
    url: text(
      "Address of a page of yours, http or https, where recipients are sent instead of to SendGrid's.",
      webAddress,
    ),
  },
  rules: [
    {
      properties: ["url", "landing"],
      fault: ({ url, landing }) =>
        url && landing
          ? "leads to a page of yours, where nobody sees landing: leave one of the two empty"
          : undefined,
    },
  ],
  examples: [
    {
      enabled: true,
      htmlContent: "<p>No more of this? <% Unsubscribe %>.</p>",
      plainContent: "No more of this? Unsubscribe: <% %>",
      landing: "<p>You will get no more mail from us.</p>",
    },
    { enabled: true, landing: "", url: "https://example.com/unsubscribed", replace: "[unsubscribe]" },
    { enabled: false, htmlContent: "", plainContent: "Unsubscribe: <% %>", url: "" },
  ],
});
