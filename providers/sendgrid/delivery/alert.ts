import * as z from "zod";
import { defineResource, isUncertain } from "../../kit";
import type { SendGridApi } from "../api/api";
import { toApi } from "../api/case";
import { type Asking, Collection } from "../api/collection";

const Frequency = z
  .enum(["daily", "weekly", "monthly"])
  .meta({ description: "How often statistics are sent.", typeName: "AlertFrequency" });
const Type = z
  .enum(["stats_notification", "usage_limit"])
  .meta({ description: "What an alert tells.", typeName: "AlertType" });

const alerts = new Collection({
  noun: "alert",
  path: "/v3/alerts",
  scope: "alerts",
  item: z.object({
    id: z.number().transform(String),
    type: Type,
    email_to: z.string().nullish(),
    frequency: Frequency.nullish(),
    percentage: z.number().nullish(),
  }),
  // Somebody else's alert must not fail a create.
  listed: z.object({
    id: z.number().transform(String),
    type: z.string().nullish(),
    email_to: z.string().nullish(),
    frequency: z.string().nullish(),
    percentage: z.number().nullish(),
  }),
});

export const Alert = defineResource<SendGridApi>()({
  token: "sendgrid:index:Alert",
  description: `
A message to a person: regularly with the statistics, or once a share of the plan's messages is used up.

API: https://www.twilio.com/docs/sendgrid/api-reference/alerts
`.trim(),
  inputs: z.object({
    type: Type.meta({
      description: "`stats_notification` takes a `frequency`, `usage_limit` a `percentage`.",
      replace: true,
    }),
    emailTo: z.email("must be an e-mail address, e.g. ops@example.com").meta({
      description: "Who is told.",
    }),
    frequency: Frequency.optional().meta({
      description: "How often statistics are sent: `daily`, `weekly` or `monthly`.",
    }),
    percentage: z.int().min(1).max(100).optional().meta({
      description: "Share of the plan's messages, in percent from 1 to 100, at which the alert is sent.",
    }),
  }),
  outputs: z.object({
    alertId: z.string().meta({ description: "SendGrid's id of the alert, a number." }),
  }),
  rules: [
    {
      properties: ["frequency", "type"],
      fault: ({ frequency, type }) =>
        (type === "stats_notification") === (frequency !== undefined)
          ? undefined
          : type === "usage_limit"
            ? "is for stats_notification: leave it out, a usage_limit has a percentage"
            : "is missing: say how often the statistics are sent, e.g. daily",
    },
    {
      properties: ["percentage", "type"],
      fault: ({ percentage, type }) =>
        (type === "usage_limit") === (percentage !== undefined)
          ? undefined
          : type === "stats_notification"
            ? "is for usage_limit: leave it out, a stats_notification has a frequency"
            : "is missing: say at which share of the plan's messages the alert is sent, e.g. 90",
    },
  ],
  examples: [
    { type: "usage_limit", emailTo: "ops@example.com", percentage: 80 },
    { type: "usage_limit", emailTo: "mail@example.com", percentage: 90 },
    { type: "stats_notification", emailTo: "mail@example.com", frequency: "weekly" },
    { type: "stats_notification", emailTo: "mail@example.com", frequency: "daily" },
  ],
  create: async (operation) => {
    const { inputs } = operation;
    // An alert has no key of its own: one whose answer was lost is known by not having been there before.
    const before = await idsLike(operation, inputs);
    const post = () => alerts.create(operation, `for ${inputs.emailTo}`, toApi(inputs));
    const { id } = await post().catch(async (error: unknown) => {
      if (!isUncertain(error)) throw error;
      const [made, ...others] = (await idsLike(operation, inputs)).filter((each) => !before.includes(each));
      if (made === undefined) return await post();
      if (others.length === 0) return { id: made };
      const ids = [made, ...others].join(", ");
      throw new Error(
        `${error.message} Several alerts like this one were made meanwhile, with the ids ${ids}: delete those ` +
          "that no program has, or import one of them.",
        { cause: error },
      );
    });
    return { id, outputs: { alertId: id } };
  },
  read: async (operation) => {
    const found = await alerts.read(operation, ({ id }) => id);
    if (found === undefined) return undefined;
    const { id, type } = found;
    return {
      inputs: {
        type,
        emailTo: found.email_to ?? undefined,
        frequency: found.frequency ?? undefined,
        percentage: found.percentage ?? undefined,
      },
      outputs: { alertId: id },
    };
  },
  update: async (operation) => {
    const { type, ...changeable } = operation.inputs;
    await alerts.change(operation, operation.id, toApi(changeable));
    return {};
  },
  delete: async (operation) => await alerts.remove(operation, operation.id),
});

async function idsLike(operation: Asking, like: Record<string, unknown>): Promise<string[]> {
  const values = ["type", "email_to", "frequency", "percentage"] as const;
  const wanted = toApi(like);
  const all = await alerts.list(operation);
  return all
    .filter((alert) => values.every((name) => (alert[name] ?? undefined) === wanted[name]))
    .map(({ id }) => id);
}
