import * as z from "zod";
import { defineResource, outputOf, sameMembers } from "../../kit";
import type { SendGridApi } from "../api/api";
import { snakeCase } from "../api/case";
import { Collection } from "../api/collection";
import { byToken } from "../api/paging";
import { content, Editor } from "./content";

const texts = z
  .array(z.string())
  .nullish()
  .transform((items) => items ?? []);
const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
const number = z
  .number()
  .nullish()
  .transform((value) => value?.toString());

const Send = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  categories: texts,
  send_to: z
    .object({ list_ids: texts, segment_ids: texts, all: z.boolean().nullish() })
    .nullish()
    .transform((to) => to ?? { list_ids: [], segment_ids: [], all: false }),
  email_config: z
    .object({
      subject: text,
      html_content: text,
      plain_content: text,
      generate_plain_content: z.boolean().nullish(),
      editor: Editor.nullish(),
      design_id: text,
      suppression_group_id: number,
      custom_unsubscribe_url: text,
      sender_id: number,
      ip_pool: text,
    })
    .partial(),
});

const sends = new Collection({
  noun: "single send",
  path: "/v3/marketing/singlesends",
  scope: "marketing_campaigns",
  item: Send,
  created: z.object({ id: z.string(), status: z.string() }),
  listed: z.object({ id: z.string(), name: z.string() }),
  paging: byToken(),
});

const ids = (most: number, kind: string) =>
  z
    .array(z.uuid(`must be the id of a ${kind}`))
    .max(most)
    .default([]);
const numberOf = (kind: string) => z.string().regex(/^\d{1,10}$/, `must be the number of a ${kind}`);

export const SingleSend = defineResource<SendGridApi>()({
  token: "sendgrid:index:SingleSend",
  description: `
The draft of a newsletter. Sending it is a person's decision, taken in the console: nothing here schedules or sends.

Once it is scheduled or sent, the output \`status\` says so after a refresh, and changes are refused. Deleting it
takes back one that is scheduled; of one that was sent, the statistics go with it.

API: https://www.twilio.com/docs/sendgrid/api-reference/single-sends
`.trim(),
  inputs: z.object({
    name: z.string().min(1).max(100).meta({
      description: "A name for people, up to 100 characters; no other single send may have it.",
    }),
    categories: z.array(z.string().min(1).max(255)).max(10).default([]).meta({
      description: "Up to 10 categories, by which statistics are kept; in any order, none twice.",
      equals: sameMembers,
    }),
    listIds: ids(50, "contact list").meta({
      description: "Up to 50 contact lists that it goes to: the outputs `listId` of `ContactList`s.",
      equals: sameMembers,
    }),
    segmentIds: ids(10, "segment").meta({
      description: "Up to 10 segments that it goes to: the outputs `segmentId` of `Segment`s.",
      equals: sameMembers,
    }),
    allContacts: z.boolean().default(false).meta({ description: "Whether it goes to every contact." }),
    subject: z.string().min(1).max(255).optional().meta({ description: "Subject, up to 255 characters." }),
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
    designId: z.uuid("must be the id of a design").optional().meta({
      description:
        "A design of the console's library, instead of `subject`, `htmlContent` and `plainContent`.",
      replace: true,
    }),
    senderId: numberOf("sender").optional().meta({
      description: "Who it is from: the output `senderId` of a `MarketingSender`.",
    }),
    suppressionGroupId: numberOf("unsubscribe group").optional().meta({
      description: "What recipients leave who unsubscribe: the output `groupId` of an `UnsubscribeGroup`.",
    }),
    customUnsubscribeUrl: z
      .url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })
      .optional()
      .meta({ description: "Where recipients unsubscribe, instead of `suppressionGroupId`." }),
    ipPool: z.string().min(1).max(64).optional().meta({
      description: "Name of the IP pool that it is sent from, up to 64 characters.",
    }),
  }),
  outputs: z.object({
    singleSendId: z.string().meta({ description: "SendGrid's id of the single send." }),
    status: z.string().meta({ description: "`draft`, `scheduled` or `triggered`." }),
  }),
  rules: [
    {
      properties: ["categories"],
      fault: ({ categories }) =>
        new Set(categories).size < categories.length ? "names a category twice" : undefined,
    },
    {
      properties: ["plainContent", "generatePlainContent"],
      fault: ({ plainContent, generatePlainContent }) =>
        plainContent !== undefined && generatePlainContent
          ? "would be generated from htmlContent: set generatePlainContent to false, or leave plainContent out"
          : undefined,
    },
    {
      properties: ["designId", "subject", "htmlContent", "plainContent"],
      fault: ({ designId, subject, htmlContent, plainContent }) =>
        designId !== undefined && [subject, htmlContent, plainContent].some((each) => each !== undefined)
          ? "stands for subject and content: leave subject, htmlContent and plainContent out"
          : undefined,
    },
    {
      properties: ["customUnsubscribeUrl", "suppressionGroupId"],
      fault: ({ customUnsubscribeUrl, suppressionGroupId }) =>
        customUnsubscribeUrl !== undefined && suppressionGroupId !== undefined
          ? "and suppressionGroupId exclude each other: recipients unsubscribe in one place"
          : undefined,
    },
  ],
  identity: {
    properties: ["name"],
    find: async (operation) =>
      (await sends.list(operation)).find(({ name }) => name === operation.inputs.name)?.id,
  },
  examples: [
    {
      name: "January newsletter",
      subject: "What is new in January",
      htmlContent: "<p>Hello</p>",
      suppressionGroupId: outputOf("UnsubscribeGroup", "groupId", { name: "News of January" }),
    },
    {
      name: "Newsletter of January",
      subject: "What is new",
      htmlContent: "<p>Hello!</p>",
      plainContent: "Hello!",
      generatePlainContent: false,
      editor: "design",
      categories: ["news"],
      customUnsubscribeUrl: "https://example.com/unsubscribe",
      allContacts: true,
      ipPool: "marketing",
    },
    {
      name: "Newsletter of January",
      designId: "6c1e0f3a-5a76-4a6f-9a3c-8c1f3bb5a001",
      listIds: ["6c1e0f3a-5a76-4a6f-9a3c-8c1f3bb5a002"],
      segmentIds: ["6c1e0f3a-5a76-4a6f-9a3c-8c1f3bb5a003"],
      senderId: "4711",
    },
  ],
  preview: (_, state) => (state === undefined ? { status: "draft" } : {}),
  create: async (operation) => {
    const { name } = operation.inputs;
    const { id, status } = await sends.create(operation, `"${name}"`, bodyOf(operation.inputs));
    return { id, outputs: { singleSendId: id, status } };
  },
  read: async (operation) => {
    const found = await sends.find(operation, operation.id);
    if (found === undefined) return undefined;
    const { id, name, status, categories, send_to, email_config: mail } = found;
    const generatePlainContent = mail.generate_plain_content ?? true;
    return {
      inputs: {
        name,
        categories,
        listIds: send_to.list_ids,
        segmentIds: send_to.segment_ids,
        allContacts: send_to.all ?? false,
        // A design brings its own subject and content.
        subject: mail.design_id ? undefined : mail.subject,
        htmlContent: mail.design_id ? undefined : mail.html_content,
        plainContent: mail.design_id || generatePlainContent ? undefined : mail.plain_content,
        generatePlainContent,
        editor: mail.editor ?? "code",
        designId: mail.design_id,
        senderId: mail.sender_id,
        suppressionGroupId: mail.suppression_group_id,
        customUnsubscribeUrl: mail.custom_unsubscribe_url,
        ipPool: mail.ip_pool,
      },
      outputs: { singleSendId: id, status },
    };
  },
  update: async (operation) => {
    const { id, inputs } = operation;
    const found = await sends.find(operation, id);
    if (found !== undefined && found.status !== "draft")
      throw new Error(
        `The single send "${found.name}" is ${found.status} and can't be changed any more. Take the change back, ` +
          "or cancel the send in the console and run the same command again.",
      );
    await sends.change(operation, id, bodyOf(inputs, operation.oldInputs));
    return { status: "draft" };
  },
  delete: async (operation) => await sends.remove(operation, operation.id),
});

interface Inputs {
  name: string;
  categories: string[];
  listIds: string[];
  segmentIds: string[];
  allContacts: boolean;
  subject?: string;
  htmlContent?: string;
  plainContent?: string;
  generatePlainContent: boolean;
  editor: string;
  designId?: string;
  senderId?: string;
  suppressionGroupId?: string;
  customUnsubscribeUrl?: string;
  ipPool?: string;
}

/** The draft; what the program used to set and does not any more is emptied, the rest of what is unset is left. */
function bodyOf(inputs: Inputs, before: Partial<Inputs> = {}): Record<string, unknown> {
  const optional = <Value>(name: keyof Inputs & string, value: Value | undefined, empty: Value | null) =>
    inputs[name] === undefined && before[name] === undefined ? {} : { [snakeCase(name)]: value ?? empty };
  const numberOf = (id: string | undefined) => (id === undefined ? undefined : Number(id));
  const own = {
    ...optional("subject", inputs.subject, ""),
    ...optional("htmlContent", inputs.htmlContent, ""),
    ...(inputs.generatePlainContent ? {} : optional("plainContent", inputs.plainContent, "")),
  };
  return {
    name: inputs.name,
    categories: inputs.categories,
    send_to: { list_ids: inputs.listIds, segment_ids: inputs.segmentIds, all: inputs.allContacts },
    email_config: {
      ...(inputs.designId === undefined ? own : { design_id: inputs.designId }),
      generate_plain_content: inputs.generatePlainContent,
      editor: inputs.editor,
      ...optional("suppressionGroupId", numberOf(inputs.suppressionGroupId), null),
      ...optional("customUnsubscribeUrl", inputs.customUnsubscribeUrl, null),
      ...optional("senderId", numberOf(inputs.senderId), null),
      ...optional("ipPool", inputs.ipPool, null),
    },
  };
}
