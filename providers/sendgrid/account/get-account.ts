import * as z from "zod";
import { defineFunction } from "../../kit";
import type { SendGridApi } from "../api/api";
import { fromApi } from "../api/case";

const User = fromApi(z.object({ userId: z.coerce.string(), username: z.string() }));
const Kind = z.object({ type: z.string(), reputation: z.number() });
const Email = z.object({ email: z.string() });

const Credits = z
  .object({
    total: z.int().meta({ description: "Messages that the plan has in a period." }),
    used: z.int().meta({ description: "Messages sent in this period." }),
    remain: z.int().meta({ description: "Messages that are left of the plan's." }),
    overage: z.int().meta({ description: "Messages sent beyond the plan's, which are charged one by one." }),
    lastReset: z.string().optional().meta({ description: "First day of this period, e.g. `2026-01-01`." }),
    nextReset: z.string().optional().meta({ description: "First day of the next period." }),
    resetFrequency: z.string().optional().meta({ description: "The period's length, e.g. `monthly`." }),
  })
  .meta({ typeName: "Credits", description: "Messages that a plan has in each period." });

const text = z.string().nullish();
const ApiCredits = fromApi(
  Credits.extend({ lastReset: text, nextReset: text, resetFrequency: text }),
).transform(({ lastReset, nextReset, resetFrequency, ...counts }) => ({
  ...counts,
  // SendGrid says null, or nothing, where credits are not renewed.
  lastReset: lastReset || undefined,
  nextReset: nextReset || undefined,
  resetFrequency: resetFrequency || undefined,
}));

export const getAccount = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getAccount",
  description: `
Tells which account the API key in use belongs to, or the subuser that the provider acts for, and how it stands: its
sender reputation, and what is left of its plan.

It takes the scopes \`user.username.read\`, \`user.account.read\`, \`user.email.read\` and \`user.credits.read\`.

API: https://www.twilio.com/docs/sendgrid/api-reference/users-api
`.trim(),
  inputs: z.object({}),
  outputs: z.object({
    userId: z.string().meta({
      description: "The account's number, which stands in the targets of its CNAME records: `u1234567.wl…`.",
    }),
    username: z.string().meta({ description: "The account's user name." }),
    email: z.string().meta({ description: "The account's email address, to which SendGrid writes." }),
    type: z.string().meta({ description: "`free` or `paid`." }),
    reputation: z.number().meta({ description: "Sender reputation in percent: 100 is the best." }),
    credits: Credits.optional().meta({
      description: "What the plan has and what is left of it; absent where the plan has no such limit.",
    }),
  }),
  examples: [{}],
  call: async ({ session, signal }) => {
    const about = <Answer>(what: string, part: string, answer: z.ZodType<Answer>) => ({
      method: "GET" as const,
      path: `/v3/user/${part}`,
      answer,
      purpose: { task: `read the account's ${what}`, scope: `user.${part}.read` },
      signal,
    });
    const [user, kind, email, credits] = await Promise.all([
      session.request(about("user name", "username", User)),
      session.request(about("type and reputation", "account", Kind)),
      session.request(about("email address", "email", Email)),
      session.find(about("credits", "credits", ApiCredits)),
    ]);
    return { ...user, ...email, ...kind, credits };
  },
});
