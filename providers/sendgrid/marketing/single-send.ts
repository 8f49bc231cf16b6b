import * as z from "zod";
import { defineResource, outputOf } from "../../kit";
import type { SendGridApi } from "../api/api";
import { Collection } from "../api/collection";
import { byToken } from "../api/paging";
import { bodyOf, DraftInputs, inputsOf, leftOver, Send, usedToSet } from "./single-send-draft";

const sends = new Collection({
  noun: "single send",
  path: "/v3/marketing/singlesends",
  scope: "marketing_campaigns",
  item: Send,
  created: z.object({ id: z.string(), status: z.string() }),
  listed: z.object({ id: z.string(), name: z.string() }),
  paging: byToken(),
});

export const SingleSend = defineResource<SendGridApi>()({
  token: "sendgrid:index:SingleSend",
  description: `
The draft of a newsletter. Sending it is a person's decision, taken in the console: nothing here schedules or sends.

Once it is scheduled or sent, the output \`status\` says so after a refresh, and changes are refused. Deleting it
takes back one that is scheduled; of one that was sent, the statistics go with it. No change replaces it, since that
would delete what somebody may have sent.

SendGrid changes texts and lists, and may not empty them: where it leaves one that the program takes away, the update
fails and says which.

API: https://www.twilio.com/docs/sendgrid/api-reference/single-sends
`.trim(),
  inputs: DraftInputs,
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
      categories: ["news"],
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
    return { inputs: inputsOf(found), outputs: { singleSendId: found.id, status: found.status } };
  },
  update: async (operation) => {
    const { id, inputs, oldInputs } = operation;
    const found = await sends.existing(operation, operation.id);
    if (found.status !== "draft")
      throw new Error(
        `The single send "${found.name}" is ${found.status} and can't be changed any more. Take the change back, ` +
          "or cancel the send in the console and run the same command again.",
      );
    const before = usedToSet(inputs, oldInputs, inputsOf(found));
    await sends.change(operation, id, bodyOf(inputs, before));
    const after = await sends.existing(operation, operation.id);
    const left = leftOver(inputs, before, inputsOf(after));
    if (left.length > 0)
      throw new Error(
        `SendGrid has changed the single send "${after.name}" but left ${left.join(", ")} as it was: it does not take ` +
          "that away. Take it away in the console and run the same command again, or set it in the program.",
      );
    return { status: after.status };
  },
  delete: async (operation) => await sends.remove(operation, operation.id),
});
