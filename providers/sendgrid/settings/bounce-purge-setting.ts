import * as z from "zod";
import { nullFor, property, toggle } from "./property";
import { defineSetting } from "./setting";

const days = (kind: string) =>
  property({
    description: `Days after which an address is taken off the list of ${kind} bounces. 0 for never.`,
    input: z.int().min(0),
    value: z.number(),
    absent: 0,
    encode: nullFor(0),
  });

export const BouncePurgeSetting = defineSetting({
  name: "BouncePurgeSetting",
  description: `
How long SendGrid remembers that mail to an address bounced, and sends no more there: for good, or for a number of days.
What was purged does not come back when the setting is deleted.
`,
  noun: "the purge of bounces",
  path: "/v3/mail_settings/bounce_purge",
  scope: "mail_settings.bounce_purge",
  page: "settings-mail",
  properties: {
    enabled: toggle("Whether bounces are purged."),
    softBounces: days("soft"),
    hardBounces: days("hard"),
  },
  rules: [
    {
      properties: ["enabled", "softBounces", "hardBounces"],
      fault: ({ enabled, softBounces, hardBounces }) =>
        enabled && softBounces === 0 && hardBounces === 0
          ? "is true, and nothing is ever purged: give softBounces or hardBounces"
          : undefined,
    },
  ],
  examples: [
    { enabled: true, softBounces: 30 },
    { enabled: true, softBounces: 14, hardBounces: 365 },
    { enabled: false, softBounces: 0, hardBounces: 0 },
  ],
});
