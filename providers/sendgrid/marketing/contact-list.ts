import * as z from "zod";
import { defineResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { Collection } from "../api/collection";
import { byToken } from "../api/paging";

const lists = new Collection({
  noun: "contact list",
  path: "/v3/marketing/lists",
  scope: "marketing_campaigns",
  item: z.object({ id: z.string(), name: z.string() }),
  paging: byToken(),
});

export const ContactList = defineResource<SendGridApi>()({
  token: "sendgrid:index:ContactList",
  description: `
A list of contacts for newsletters. Who is on it is no part of this: contacts come and go by forms, imports and the
API.

Deleting a list keeps its contacts, unless \`deleteContacts\` is set.

API: https://www.twilio.com/docs/sendgrid/api-reference/lists
`.trim(),
  inputs: z.object({
    name: z.string().min(1).max(100).meta({
      description: "A name for people, up to 100 characters; no other list may have it.",
    }),
    deleteContacts: z.boolean().default(false).meta({
      description:
        "Whether the contacts on the list are deleted with it, from every other list too. It matters at the deletion only.",
      neverReturned: true,
    }),
  }),
  outputs: z.object({
    listId: z.string().meta({ description: "SendGrid's id of the list, a UUID." }),
  }),
  identity: {
    properties: ["name"],
    find: async (operation) =>
      (await lists.list(operation)).find(({ name }) => name === operation.inputs.name)?.id,
  },
  examples: [{ name: "Customers" }, { name: "Customers of the shop", deleteContacts: true }],
  create: async (operation) => {
    const { name } = operation.inputs;
    const { id } = await lists.create(operation, `"${name}"`, { name });
    return { id, outputs: { listId: id } };
  },
  read: async (operation) => {
    const found = await lists.read(operation, ({ id }) => id);
    return found && { inputs: { name: found.name }, outputs: { listId: found.id } };
  },
  update: async (operation) => {
    const { id, inputs, oldInputs } = operation;
    if (inputs.name !== oldInputs.name) await lists.change(operation, id, { name: inputs.name });
    return {};
  },
  delete: async (operation) => {
    const { id, inputs } = operation;
    await lists.remove(operation, id, inputs.deleteContacts ? { delete_contacts: true } : {});
  },
});
