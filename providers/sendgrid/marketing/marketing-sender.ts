import * as z from "zod";
import { defineResource, UNKNOWN } from "../../kit";
import { textOrEmpty } from "../api/answer";
import { ANYTHING, type SendGridApi } from "../api/api";
import { Collection } from "../api/collection";
import { unpaged } from "../api/paging";
import { emailAddress } from "./email";

const Sender = z.object({
  id: z.coerce.string(),
  nickname: z.string(),
  from: z.object({ email: z.string(), name: z.string() }),
  reply_to: z.object({ email: z.string(), name: textOrEmpty }),
  address: z.string(),
  address_2: textOrEmpty,
  city: z.string(),
  state: textOrEmpty,
  zip: textOrEmpty,
  country: z.string(),
  verified: z.boolean().default(false),
  locked: z.boolean().default(false),
});

const LOCKED =
  "A sender is locked while a single send that is a draft, scheduled or in progress uses it; an account can have 100 senders.";

const senders = new Collection({
  noun: "sender",
  path: "/v3/marketing/senders",
  scope: "marketing_campaigns",
  item: Sender,
  paging: unpaged("results"),
  forbidden: LOCKED,
});

const text = (description: string) => z.string().min(1).meta({ description });
const textOrNone = (description: string) =>
  z
    .string()
    .default("")
    .meta({ description: `${description} Empty for none, as when not set.` });

const From = z.object({
  email: emailAddress.meta({ description: "Email address that newsletters are from, up to 254 characters." }),
  name: text("Name that recipients see beside it."),
});
const ReplyTo = z.object({
  email: emailAddress.meta({ description: "Email address that answers go to, up to 254 characters." }),
  name: textOrNone("Name beside it."),
});

const Inputs = z.object({
  nickname: text("A name for people, who choose the sender by it; no other sender may have it."),
  from: From.meta({
    description: "Whom newsletters are from. Another email address is to be verified anew.",
    typeName: "MarketingFrom",
  }),
  replyTo: ReplyTo.meta({ description: "Where answers go to.", typeName: "MarketingReplyTo" }),
  address: text("Street and number of the sender, which laws such as CAN-SPAM require in newsletters."),
  address2: textOrNone("Second line of the address."),
  city: text("City of the address."),
  state: textOrNone("State or province of the address."),
  zip: textOrNone("Postal code of the address."),
  country: text("Country of the address."),
});

export const MarketingSender = defineResource<SendGridApi>()({
  token: "sendgrid:index:MarketingSender",
  description: `
A sender of newsletters: whom they are from, and the postal address that they have to name.

It is verified by itself where the domain of \`from.email\` is an authenticated one. Otherwise SendGrid sends a message
with a link there, and a refresh shows when somebody has followed it: until then nothing can be sent.

While a single send that is a draft, scheduled or in progress uses it, it is locked: changes and the deletion are
refused.

An account can have 100 senders.

API: https://www.twilio.com/docs/sendgrid/api-reference/senders
`.trim(),
  inputs: Inputs,
  outputs: z.object({
    senderId: z
      .string()
      .meta({ description: "SendGrid's id of the sender, a number: `senderId` of a `SingleSend`." }),
    verified: z.boolean().meta({ description: "Whether newsletters can be sent from it." }),
    locked: z.boolean().meta({ description: "Whether a single send uses it, so that it can't be changed." }),
  }),
  identity: {
    properties: ["nickname"],
    find: async (operation) =>
      (await senders.list(operation)).find(({ nickname }) => nickname === operation.inputs.nickname)?.id,
  },
  examples: [
    {
      nickname: "News",
      from: { email: "news@example.com", name: "Example" },
      replyTo: { email: "info@example.com" },
      address: "1 Example Street",
      city: "Springfield",
      country: "United States",
    },
    {
      nickname: "Newsletter",
      from: { email: "news@example.org", name: "Example" },
      replyTo: { email: "info@example.com", name: "Example's people" },
      address: "2 Example Street",
      address2: "Back door",
      city: "Shelbyville",
      state: "IL",
      zip: "62565",
      country: "USA",
    },
  ],
  // Verified it can be at any time, by somebody who follows the link.
  preview: (_, state) => (state === undefined ? { locked: false } : { verified: UNKNOWN }),
  create: async (operation) => {
    const { inputs } = operation;
    const { id, verified, locked } = await senders.create(operation, `"${inputs.nickname}"`, bodyOf(inputs));
    return { id, outputs: { senderId: id, verified, locked } };
  },
  read: async (operation) => {
    const found = await senders.read(operation, ({ id }) => id);
    if (found === undefined) return undefined;
    const { id, verified, locked, reply_to: replyTo, address_2: address2, ...inputs } = found;
    return { inputs: { ...inputs, replyTo, address2 }, outputs: { senderId: id, verified, locked } };
  },
  update: async (operation) => {
    await senders.change(operation, operation.id, bodyOf(operation.inputs));
    const found = await senders.find(operation, operation.id);
    return found === undefined ? {} : { verified: found.verified, locked: found.locked };
  },
  delete: async ({ session, signal, id }) => {
    const purpose = { ...senders.purpose("delete", id), forbidden: LOCKED };
    await session.find({ method: "DELETE", path: senders.pathOf(id), answer: ANYTHING, purpose, signal });
  },
});

function bodyOf({ replyTo, address2, ...others }: z.output<typeof Inputs>): Record<string, unknown> {
  return { ...others, reply_to: replyTo, address_2: address2 };
}
