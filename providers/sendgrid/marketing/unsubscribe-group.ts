import * as z from "zod";
import { defineResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { fromApi, toApi } from "../api/case";
import { Collection } from "../api/collection";

const Group = fromApi(
  z.object({
    id: z.coerce.string(),
    name: z.string(),
    description: z.string(),
    isDefault: z.boolean().default(false),
    unsubscribes: z.int().optional(),
  }),
);

const groups = new Collection({
  noun: "unsubscribe group",
  path: "/v3/asm/groups",
  scope: "asm.groups",
  item: Group,
});

export const UnsubscribeGroup = defineResource<SendGridApi>()({
  token: "sendgrid:index:UnsubscribeGroup",
  description: `
A kind of mail that recipients can unsubscribe from by itself, e.g. a newsletter: a message names the group, and who
leaves it still gets other mail.

Deleting a group forgets who left it: mail is sent to them again.

An account can have 200 groups.

API: https://www.twilio.com/docs/sendgrid/api-reference/suppressions-unsubscribe-groups
`.trim(),
  inputs: z.object({
    name: z.string().min(1).max(30).meta({
      description: "Name that recipients see, up to 30 characters, unique in the account.",
    }),
    description: z.string().min(1).max(100).meta({
      description: "What recipients read about it where they unsubscribe, up to 100 characters.",
    }),
    isDefault: z.boolean().optional().meta({
      description:
        "Whether it is the group of messages that name none; at most one can be. Left as it is when not set.",
    }),
  }),
  outputs: z.object({
    groupId: z
      .string()
      .meta({ description: "SendGrid's id of the group, a number: `asm.group_id` of a message." }),
    isDefault: z.boolean().meta({ description: "Whether it is the group of messages that name none." }),
  }),
  identity: {
    properties: ["name"],
    find: async (operation) =>
      (await groups.list(operation)).find(({ name }) => name === operation.inputs.name)?.id,
  },
  examples: [
    { name: "Newsletter", description: "Our monthly newsletter" },
    { name: "Newsletter", description: "Our newsletter, once a month", isDefault: true },
    { name: "Monthly newsletter", description: "Our newsletter, once a month", isDefault: false },
  ],
  preview: ({ isDefault }, state) => ({ isDefault: isDefault ?? state?.isDefault ?? false }),
  create: async (operation) => {
    const { name } = operation.inputs;
    const { id, isDefault } = await groups.create(operation, `"${name}"`, toApi(operation.inputs));
    return { id, outputs: { groupId: id, isDefault } };
  },
  read: async (operation) => {
    const found = await groups.read(operation, ({ id }) => id);
    if (found === undefined) return undefined;
    const { id, name, description, isDefault } = found;
    return { inputs: { name, description, isDefault }, outputs: { groupId: id, isDefault } };
  },
  update: async (operation) => {
    const { isDefault } = await groups.change(operation, operation.id, toApi(operation.inputs), Group);
    return { isDefault };
  },
  delete: async (operation) => await groups.remove(operation, operation.id),
});
