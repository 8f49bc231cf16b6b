import * as z from "zod";
import { defineResource, type Operation } from "../../kit";
import type { SendGridApi } from "../api/api";
import { Collection } from "../api/collection";
import { emailAddress } from "./email";

const suppressions = new Collection({
  noun: "global suppression",
  path: "/v3/asm/suppressions/global",
  scope: "asm.suppressions.global",
  // An address that is not suppressed is answered with an empty object; an empty text would say the same.
  item: z.object({ recipient_email: z.string().optional() }),
  created: z.object({ recipient_emails: z.array(z.string()) }),
});

/** The address as it is suppressed, undefined if it is not. */
const find = async (operation: Operation<SendGridApi>, email: string) =>
  (await suppressions.find(operation, email))?.recipient_email?.toLowerCase() || undefined;

export const GlobalSuppression = defineResource<SendGridApi>()({
  token: "sendgrid:index:GlobalSuppression",
  description: `
An address that SendGrid sends nothing to, whatever the message: its owner has unsubscribed from everything, or must
not get mail for another reason.

Deleting it lets mail go to the address again: do so only when its owner wants that. One whose owner has
unsubscribed exists already and is taken over with \`adopt\` only.

API: https://www.twilio.com/docs/sendgrid/api-reference/suppressions-global-suppressions
`.trim(),
  inputs: z.object({
    email: emailAddress.toLowerCase().meta({
      description: "The email address, up to 254 characters; in lower case, as SendGrid keeps it.",
      replace: true,
    }),
  }),
  outputs: z.object({}),
  identity: {
    properties: ["email"],
    find: async (operation) => await find(operation, operation.inputs.email),
  },
  examples: [{ email: "unwilling@example.com" }, { email: "nobody@example.com" }],
  create: async (operation) => {
    const { email } = operation.inputs;
    await suppressions.create(operation, email, { recipient_emails: [email] });
    return { id: email, outputs: {} };
  },
  read: async (operation) => {
    const email = await find(operation, operation.id.toLowerCase());
    return email === undefined ? undefined : { id: email, inputs: { email }, outputs: {} };
  },
  delete: async (operation) => await suppressions.remove(operation, operation.id),
});
