import * as z from "zod";
import { defineFunction } from "../../kit";
import { ANYTHING, type SendGridApi } from "../api/api";
import { type LISTS, listSuppressed, range } from "./suppressed";

const count = (description: string) => z.int().meta({ description });

export const getSuppressions = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getSuppressions",
  description: `
Counts the addresses on each of the account's suppression lists. An address can be on several of them; the lists of
unsubscribe groups are not counted.

SendGrid does not count them itself: this asks for 500 at a time until it has all, so that a range of time makes it
faster where there are many. It takes the scopes \`suppression.bounces.read\`, \`suppression.blocks.read\`,
\`suppression.spam_reports.read\`, \`suppression.invalid_emails.read\` and \`suppression.unsubscribes.read\`.

API: https://www.twilio.com/docs/sendgrid/api-reference/bounces-api
`.trim(),
  inputs: z.object(range),
  outputs: z.object({
    bounces: count("Addresses whose mail came back for good."),
    blocks: count(
      "Addresses whose server refused a message for a reason that may pass; mail is sent to them.",
    ),
    spamReports: count("Addresses whose owners marked a message as spam."),
    invalidEmails: count("Addresses that are malformed, or that do not exist."),
    globalUnsubscribes: count("Addresses whose owners want no more mail of any kind."),
  }),
  examples: [{}, { startTime: "2026-01-01T00:00:00Z", endTime: "2026-01-31T23:59:59Z" }],
  call: async ({ inputs, ...operation }) => {
    const countOf = async (list: keyof typeof LISTS) =>
      (await listSuppressed(operation, list, ANYTHING, inputs)).length;
    const [bounces, blocks, spamReports, invalidEmails, globalUnsubscribes] = await Promise.all([
      countOf("bounces"),
      countOf("blocks"),
      countOf("spam_reports"),
      countOf("invalid_emails"),
      countOf("unsubscribes"),
    ]);
    return { bounces, blocks, spamReports, invalidEmails, globalUnsubscribes };
  },
});
