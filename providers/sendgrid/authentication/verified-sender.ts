import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { defineResource, type EngineLog, IncompleteResource, messageOf, UNKNOWN, whenKnown } from "../../kit";
import type { SendGridApi } from "../api/api";
import { toApi } from "../api/case";
import type { Asking } from "../api/collection";
import { existingSender, findSender, resendMail, type Sender, senders } from "./sender";
import { untilVerified } from "./sender-verification";

const sameAddress = (before: unknown, after: unknown) =>
  typeof before === "string" && typeof after === "string" && before.toLowerCase() === after.toLowerCase();

const mailAddress = (description: string) =>
  z
    .email("must be an email address, e.g. orders@example.com")
    .max(256)
    .meta({
      description: `${description} Up to 256 characters; letter case makes no difference.`,
      equals: sameAddress,
    });
const text = (length: number, description: string) =>
  z
    .string()
    .max(length)
    .default("")
    .meta({ description: `${description} Up to ${length} characters; empty when not set.` });

export const VerifiedSender = defineResource<SendGridApi>()({
  token: "sendgrid:index:VerifiedSender",
  description: `
One address that SendGrid may send mail from, proven by a click in a mail to it: for trials, where the domain is not
yours to authenticate. Mail of a whole domain takes a \`DomainAuthentication\`.

Creating it sends a mail with a link to \`fromEmail\`; until somebody follows the link, \`verified\` is false and mail
from the address is refused. The link is good for 48 hours: a change of \`resend\` sends another. A change of
\`fromEmail\` has to be verified anew. Deleting it ends the permission to send.

API: https://www.twilio.com/docs/sendgrid/api-reference/sender-verification
`.trim(),
  inputs: z.object({
    nickname: z.string().min(1).max(100).meta({
      description:
        "A name for people in your account, unique in it, up to 100 characters. Recipients don't see it.",
    }),
    fromEmail: mailAddress("The address to send from, which gets the mail with the link."),
    fromName: text(256, "Name beside the address that recipients see."),
    replyTo: mailAddress("Where answers go."),
    replyToName: text(256, "Name beside the address for answers."),
    address: text(100, "Street address of who sends, which laws such as CAN-SPAM ask for."),
    address2: text(100, "Second line of the street address."),
    city: text(150, "City of who sends."),
    state: text(2, "State of who sends, as its postal abbreviation, e.g. `CA`."),
    zip: text(10, "Postal code of who sends."),
    country: text(100, "Country of who sends."),
    waitSeconds: z.int().min(0).max(86_400).default(0).meta({
      description:
        "How long to wait for the click, in seconds, up to a day; without it in that time, the run fails and the next one waits again. 0 does not wait.",
      neverReturned: true,
    }),
    resend: z.record(z.string(), z.string()).default({}).meta({
      description:
        "Any change here has the mail with the link sent again, unless the address is verified already.",
      neverReturned: true,
    }),
  }),
  outputs: z.object({
    senderId: z.string().meta({ description: "SendGrid's id of the sender, a number." }),
    verified: z.boolean().meta({ description: "Whether somebody has followed the link." }),
  }),
  identity: {
    properties: ["nickname"],
    find: async (operation) =>
      (await senders.list(operation)).find(({ nickname }) => nickname === operation.inputs.nickname)?.id,
  },
  examples: [
    {
      nickname: "Orders",
      fromEmail: "orders@example.com",
      fromName: "Example Orders",
      replyTo: "support@example.com",
      address: "1 Example Street",
      city: "Springfield",
      country: "USA",
    },
    {
      nickname: "Orders and invoices",
      fromEmail: "orders@example.com",
      fromName: "Example Shop",
      replyTo: "help@example.com",
      replyToName: "Example Help",
      address: "2 Example Street",
      address2: "Box 12",
      city: "Shelbyville",
      state: "IL",
      zip: "62565",
      country: "United States",
      resend: { reminder: "1" },
    },
    // The substitute's mailboxes of this name follow the link at once.
    {
      nickname: "Orders and invoices",
      fromEmail: "prompt@example.com",
      replyTo: "help@example.com",
      waitSeconds: 60,
    },
  ],
  // What is waited for has come, or the run has failed.
  preview: ({ waitSeconds }) => ({
    verified: whenKnown([waitSeconds], (seconds) => (seconds > 0 ? true : UNKNOWN)),
  }),
  create: async (operation) => {
    const { inputs } = operation;
    const created = await senders.create(operation, `"${inputs.nickname}"`, toApi(detailsOf(inputs)));
    return { id: created.id, outputs: await waited(operation, created, inputs.waitSeconds) };
  },
  read: async (operation) => {
    const found = await senders.read(
      operation,
      ({ id }) => id,
      () => findSender(operation, operation.id),
    );
    return found && { inputs: detailsOf(found), outputs: { senderId: found.id, verified: found.verified } };
  },
  // What is there now is what counts: an update that broke off while waiting has changed it already.
  update: async (operation) => {
    const { id, inputs, oldInputs } = operation;
    const before = await existingSender(operation, id);
    const wanted = spelledAs(before, detailsOf(inputs));
    const isChanged = !isDeepStrictEqual(detailsOf(before), wanted);
    if (isChanged) await senders.change(operation, id, toApi(wanted));
    const sender = isChanged ? await existingSender(operation, id) : before;
    // After an import, nothing is known of what it was before.
    const { resend = inputs.resend } = oldInputs;
    if (!sender.verified && !isDeepStrictEqual(resend, inputs.resend)) await resendMail(operation, id);
    return await waited(operation, sender, inputs.waitSeconds);
  },
  delete: async (operation) => await senders.remove(operation, operation.id),
});

type Details = Omit<Sender, "id" | "verified">;

function detailsOf(values: Details): Details {
  const { nickname, fromEmail, fromName, replyTo, replyToName } = values;
  const { address, address2, city, state, zip, country } = values;
  const names = { nickname, fromEmail, fromName, replyTo, replyToName };
  return { ...names, address, address2, city, state, zip, country };
}

/** An address that differs in letter case only keeps the spelling it has: a change would have to be verified anew. */
function spelledAs(before: Sender, wanted: Details): Details {
  const keep = (key: "fromEmail" | "replyTo") =>
    sameAddress(before[key], wanted[key]) ? before[key] : wanted[key];
  return { ...wanted, fromEmail: keep("fromEmail"), replyTo: keep("replyTo") };
}

/** The outputs once the click has come, where it is waited for. */
async function waited(operation: Asking & { log: EngineLog }, sender: Sender, seconds: number) {
  const outputs = { senderId: sender.id, verified: sender.verified };
  if (sender.verified || seconds === 0) return outputs;
  try {
    await untilVerified(operation, sender, seconds);
    return { ...outputs, verified: true };
  } catch (error) {
    throw new IncompleteResource(sender.id, outputs, [messageOf(error)]);
  }
}
