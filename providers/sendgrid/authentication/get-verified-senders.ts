import * as z from "zod";
import { defineFunction } from "../../kit";
import type { SendGridApi } from "../api/api";
import { senders } from "./sender";

const Found = z
  .object({
    senderId: z.string().meta({ description: "SendGrid's id of the sender, a number." }),
    nickname: z.string().meta({ description: "Its name in the account." }),
    fromEmail: z.string().meta({ description: "The address to send from." }),
    fromName: z.string().meta({ description: "Name beside that address; empty where there is none." }),
    replyTo: z.string().meta({ description: "Where answers go." }),
    replyToName: z.string().meta({ description: "Name beside that address; empty where there is none." }),
    address: z.string().meta({ description: "Street address; empty where there is none." }),
    address2: z.string().meta({ description: "Its second line; empty where there is none." }),
    city: z.string().meta({ description: "City; empty where there is none." }),
    state: z.string().meta({ description: "State; empty where there is none." }),
    zip: z.string().meta({ description: "Postal code; empty where there is none." }),
    country: z.string().meta({ description: "Country; empty where there is none." }),
    verified: z.boolean().meta({ description: "Whether somebody has followed the link in SendGrid's mail." }),
  })
  .meta({ typeName: "VerifiedSenderDetails", description: "A single sender." });

export const getVerifiedSenders = defineFunction<SendGridApi>()({
  token: "sendgrid:index:getVerifiedSenders",
  description: `
Lists the account's single senders, the addresses that it may send from without an authenticated domain.

API: https://www.twilio.com/docs/sendgrid/api-reference/sender-verification/get-all-verified-senders
`.trim(),
  inputs: z.object({
    fromEmail: z
      .string()
      .optional()
      .meta({ description: "Only those that send from this address, in any letter case." }),
    verified: z.boolean().optional().meta({
      description: "Only those that are verified, or only those that are not. Both when not set.",
    }),
  }),
  outputs: z.object({
    senders: z.array(Found).meta({ description: "The senders, oldest first; empty where there are none." }),
  }),
  examples: [{ verified: true }, { fromEmail: "orders@example.com" }, {}],
  call: async (operation) => {
    const { fromEmail, verified } = operation.inputs;
    const found = (await senders.list(operation))
      .filter((each) => fromEmail === undefined || each.fromEmail.toLowerCase() === fromEmail.toLowerCase())
      .filter((each) => verified === undefined || each.verified === verified);
    return { senders: found.map(({ id, ...details }) => ({ senderId: id, ...details })) };
  },
});
