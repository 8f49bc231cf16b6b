import * as z from "zod";
import { defineResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { Collection } from "../api/collection";
import { byToken } from "../api/paging";

const Generation = z
  .enum(["legacy", "dynamic"])
  .meta({ description: "How a template fills in values.", typeName: "TemplateGeneration" });

/** The account's transactional templates, each with its versions. */
export const templates = new Collection({
  noun: "template",
  path: "/v3/templates",
  scope: "templates",
  item: z.object({
    id: z.string(),
    name: z.string(),
    generation: Generation,
    versions: z
      .array(z.object({ id: z.string(), name: z.string() }))
      .nullish()
      .transform((versions) => versions ?? []),
  }),
  paging: byToken(200),
  filter: { generations: "legacy,dynamic" },
});

export const Template = defineResource<SendGridApi>()({
  token: "sendgrid:index:Template",
  description: `
A transactional template: the id that programs send with, behind which a \`TemplateVersion\` has the content.

Deleting it deletes its versions, those of others too, and messages that name it are refused.

An account can have 300 templates, and a template 300 versions.

API: https://www.twilio.com/docs/sendgrid/api-reference/transactional-templates
`.trim(),
  inputs: z.object({
    name: z.string().min(1).max(100).meta({
      description: "A name for people, up to 100 characters; no other template may have it.",
    }),
    generation: Generation.default("dynamic").meta({
      description:
        "`dynamic` templates fill in values by Handlebars, `legacy` ones by substitution tags (`-name-`).",
      replace: true,
    }),
  }),
  outputs: z.object({
    templateId: z
      .string()
      .meta({ description: "SendGrid's id of the template: `template_id` of a message." }),
  }),
  identity: {
    properties: ["name"],
    find: async (operation) =>
      (await templates.list(operation)).find(({ name }) => name === operation.inputs.name)?.id,
  },
  examples: [
    { name: "Order confirmation" },
    { name: "Order received" },
    { name: "Order received", generation: "legacy" },
  ],
  create: async (operation) => {
    const { name, generation } = operation.inputs;
    const { id } = await templates.create(operation, `"${name}"`, { name, generation });
    return { id, outputs: { templateId: id } };
  },
  read: async (operation) => {
    const found = await templates.read(operation, ({ id }) => id);
    if (found === undefined) return undefined;
    const { id, name, generation } = found;
    return { inputs: { name, generation }, outputs: { templateId: id } };
  },
  update: async (operation) => {
    await templates.change(operation, operation.id, { name: operation.inputs.name });
    return {};
  },
  delete: async (operation) => await templates.remove(operation, operation.id),
});
