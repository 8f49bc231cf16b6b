import * as z from "zod";
import { defineResource, IncompleteResource, messageOf, outputOf } from "../../kit";
import { ANYTHING, type SendGridApi } from "../api/api";
import { fromApi, snakeCase } from "../api/case";
import { type Asking, Collection } from "../api/collection";
import { content, Editor } from "./content";
import { templates } from "./template";

const Version = fromApi(
  z.object({
    id: z.string(),
    name: z.string(),
    subject: z.string(),
    active: z.union([z.int(), z.boolean()]).nullish().transform(Boolean),
    htmlContent: z.string().nullish(),
    plainContent: z.string().nullish(),
    generatePlainContent: z.boolean().nullish(),
    editor: Editor.nullish(),
    testData: z.string().nullish(),
  }),
);

const versionsOf = (templateId: string) =>
  new Collection({
    noun: "template version",
    path: `${templates.pathOf(templateId)}/versions`,
    scope: "templates.versions",
    item: Version,
  });

/** The example of a version with plain text of its own. */
const PLAIN = {
  templateId: outputOf("Template", "templateId", { name: "Versioned" }),
  name: "2026, plain",
  subject: "Order {{number}}",
  htmlContent: "<p>Thank you.</p>",
  plainContent: "Thank you.",
  generatePlainContent: false,
  editor: "design" as const,
  testData: '{"number":"1"}',
};

export const TemplateVersion = defineResource<SendGridApi>()({
  token: "sendgrid:index:TemplateVersion",
  description: `
A version of a \`Template\`: subject and content. One version of a template is active, and is what messages are made
of; the first one is so by itself. Deleting the active version leaves the template without content.

To change what is sent without a moment of doubt, add a version, look at it, and make it the active one. Its id for
an import is \`TEMPLATE_ID/VERSION_ID\`.

API: https://www.twilio.com/docs/sendgrid/api-reference/transactional-templates-versions
`.trim(),
  inputs: z.object({
    templateId: z.uuid("must be the id of a template: the output templateId of a Template").meta({
      description: "SendGrid's id of the template.",
      replace: true,
    }),
    name: z.string().min(1).max(100).meta({
      description: "A name for people, up to 100 characters; no other version of the template may have it.",
    }),
    subject: z.string().min(1).max(255).meta({
      description:
        "Subject of the messages, up to 255 characters; `{{{subject}}}` takes it from the message.",
    }),
    active: z.boolean().optional().meta({
      description:
        "Whether it is the active version, instead of the one that is so now. Left as it is when not set; false is for a version that another one has relieved.",
    }),
    htmlContent: content("HTML").optional().meta({ description: "The message as HTML, up to 1 MiB." }),
    plainContent: content("text").optional().meta({
      description: "The message as plain text, up to 1 MiB; takes `generatePlainContent: false`.",
    }),
    generatePlainContent: z.boolean().default(true).meta({
      description: "Whether SendGrid makes the plain text from the HTML.",
    }),
    editor: Editor.default("code").meta({
      description: "What the console edits it with: `code` or `design`.",
    }),
    testData: content("JSON").optional().meta({
      description: "Values for the console's preview of a dynamic template: a JSON object as text.",
    }),
  }),
  outputs: z.object({
    versionId: z.string().meta({ description: "SendGrid's id of the version." }),
    active: z.boolean().meta({ description: "Whether it is the active version." }),
  }),
  rules: [
    {
      properties: ["plainContent", "generatePlainContent"],
      fault: ({ plainContent, generatePlainContent }) =>
        plainContent !== undefined && generatePlainContent
          ? "would be generated from htmlContent: set generatePlainContent to false, or leave plainContent out"
          : undefined,
    },
  ],
  identity: {
    properties: ["templateId", "name"],
    find: async (operation) => {
      const { templateId, name } = operation.inputs;
      const versions = (await templates.find(operation, templateId))?.versions ?? [];
      const found = versions.find((each) => each.name === name);
      return found && `${templateId}/${found.id}`;
    },
  },
  examples: [
    {
      templateId: outputOf("Template", "templateId", { name: "Versioned" }),
      name: "2026",
      subject: "Your order {{number}}",
      htmlContent: "<p>Thank you, {{name}}.</p>",
      active: true,
    },
    { ...PLAIN, active: false },
    { ...PLAIN, active: true },
    {
      templateId: outputOf("Template", "templateId", { name: "Versioned too" }),
      name: "2026, plain",
      subject: "Order {{number}}",
    },
  ],
  preview: ({ active }) => (active === undefined ? {} : { active }),
  create: async (operation) => {
    const { templateId, name } = operation.inputs;
    const created = await versionsOf(templateId).create(operation, `"${name}"`, bodyOf(operation.inputs));
    const id = `${templateId}/${created.id}`;
    const outputs = { versionId: created.id, active: created.active };
    const { active = created.active } = operation.inputs;
    // The first version of a template is active whatever was asked.
    if (active !== created.active)
      await bring(operation, templateId, created.id).catch((error: unknown) => {
        throw new IncompleteResource(id, outputs, [messageOf(error)]);
      });
    return { id, outputs: { ...outputs, active } };
  },
  read: async (operation) => {
    const { templateId, versionId } = partsOf(operation.id);
    const found = await versionsOf(templateId).find(operation, versionId);
    if (found === undefined) return undefined;
    const { name, subject, active, htmlContent, plainContent, testData } = found;
    const generatePlainContent = found.generatePlainContent ?? true;
    return {
      inputs: {
        templateId,
        name,
        subject,
        active,
        htmlContent: htmlContent || undefined,
        plainContent: generatePlainContent ? undefined : plainContent || undefined,
        generatePlainContent,
        editor: found.editor ?? "code",
        testData: testData || undefined,
      },
      outputs: { versionId, active },
    };
  },
  update: async (operation) => {
    const { templateId, versionId } = partsOf(operation.id);
    await bring(operation, templateId, versionId);
    const { active = operation.state.active ?? false } = operation.inputs;
    return { active };
  },
  delete: async (operation) => {
    const { templateId, versionId } = partsOf(operation.id);
    await versionsOf(templateId).remove(operation, versionId);
  },
});

interface Inputs {
  name: string;
  subject: string;
  active?: boolean;
  htmlContent?: string;
  plainContent?: string;
  generatePlainContent: boolean;
  editor: string;
  testData?: string;
}

/** The version; what the program used to set and does not any more is emptied, the rest of what is unset is left. */
function bodyOf(inputs: Inputs, before: Partial<Inputs> = {}): Record<string, unknown> {
  const { name, subject, active, generatePlainContent, editor } = inputs;
  const optional = (key: "htmlContent" | "plainContent" | "testData") =>
    inputs[key] === undefined && before[key] === undefined ? {} : { [snakeCase(key)]: inputs[key] ?? "" };
  return {
    name,
    subject,
    active: active === undefined ? undefined : Number(active),
    ...optional("htmlContent"),
    ...(generatePlainContent ? {} : optional("plainContent")),
    generate_plain_content: generatePlainContent,
    editor,
    ...optional("testData"),
  };
}

/** Brings a version to what the program says. */
async function bring(
  operation: Asking & { inputs: Inputs; oldInputs?: Partial<Inputs> },
  templateId: string,
  versionId: string,
): Promise<void> {
  const { inputs, oldInputs, session, signal } = operation;
  const versions = versionsOf(templateId);
  await versions.change(operation, versionId, bodyOf(inputs, oldInputs));
  if (!inputs.active) return;
  // A change alone has been seen to leave the active version what it was.
  const purpose = {
    task: `activate the template version ${versionId}`,
    scope: "templates.versions.activate.create",
  };
  const path = `${versions.pathOf(versionId)}/activate`;
  await session.request({ method: "POST", path, answer: ANYTHING, purpose, signal });
}

function partsOf(id: string): { templateId: string; versionId: string } {
  const [templateId, versionId, ...rest] = id.split("/");
  if (!templateId || !versionId || rest.length > 0)
    throw new Error(`"${id}" is no id of a template version: it is TEMPLATE_ID/VERSION_ID`);
  return { templateId, versionId };
}
