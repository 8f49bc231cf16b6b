import * as z from "zod";
import { sameMembers } from "../../kit";
import { textsOrNone } from "../api/answer";
import { snakeCase } from "../api/case";
import { content, Editor } from "./content";

const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
const number = z
  .number()
  .nullish()
  .transform((value) => value?.toString());

/** A single send as the API answers it. */
export const Send = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  categories: textsOrNone,
  send_to: z
    .object({ list_ids: textsOrNone, segment_ids: textsOrNone, all: z.boolean().nullish() })
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

const ids = (most: number, kind: string) =>
  z
    .array(z.uuid(`must be the id of a ${kind}`))
    .max(most)
    .default([]);
const numberOf = (kind: string) => z.string().regex(/^\d{1,10}$/, `must be the number of a ${kind}`);

/** What a program says of a draft. */
export const DraftInputs = z.object({
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
    description: "A design of the console's library, instead of `subject`, `htmlContent` and `plainContent`.",
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
});

type Inputs = z.output<typeof DraftInputs>;

/** The inputs that a single send has. */
export function inputsOf({ name, categories, send_to, email_config: mail }: z.output<typeof Send>) {
  const generatePlainContent = mail.generate_plain_content ?? true;
  // A design brings its own subject and content.
  const own = mail.design_id === undefined ? mail : {};
  return {
    name,
    categories,
    listIds: send_to.list_ids,
    segmentIds: send_to.segment_ids,
    allContacts: send_to.all ?? false,
    subject: own.subject,
    htmlContent: own.html_content,
    plainContent: generatePlainContent ? undefined : own.plain_content,
    generatePlainContent,
    editor: mail.editor ?? ("code" as const),
    designId: mail.design_id,
    senderId: mail.sender_id,
    suppressionGroupId: mail.suppression_group_id,
    customUnsubscribeUrl: mail.custom_unsubscribe_url,
    ipPool: mail.ip_pool,
  };
}

/** The draft; what the program used to set and does not any more is emptied, the rest of what is unset is left. */
export function bodyOf(inputs: Inputs, before: Partial<Inputs> = {}): Record<string, unknown> {
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
      ...optional("designId", inputs.designId, ""),
      ...(inputs.designId === undefined ? own : {}),
      generate_plain_content: inputs.generatePlainContent,
      editor: inputs.editor,
      ...optional("suppressionGroupId", numberOf(inputs.suppressionGroupId), null),
      ...optional("customUnsubscribeUrl", inputs.customUnsubscribeUrl, null),
      ...optional("senderId", numberOf(inputs.senderId), null),
      ...optional("ipPool", inputs.ipPool, null),
    },
  };
}

/** What the program used to set; a design chosen in the console too, where it hides the program's own content. */
export function usedToSet(inputs: Inputs, old: Partial<Inputs>, found: Partial<Inputs>): Partial<Inputs> {
  const { subject, htmlContent, plainContent } = inputs;
  const hasOwn = [subject, htmlContent, plainContent].some((each) => each !== undefined);
  return hasOwn ? { ...old, designId: found.designId } : old;
}

/** The properties that SendGrid still has though the program used to set them and does not any more. */
export function leftOver(inputs: Inputs, before: Partial<Inputs>, found: Partial<Inputs>): string[] {
  const isBlank = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
  return DraftInputs.keyof().options.filter(
    (name) => isBlank(inputs[name]) && !isBlank(before[name]) && !isBlank(found[name]),
  );
}
