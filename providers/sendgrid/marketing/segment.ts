import * as z from "zod";
import { defineResource, outputOf } from "../../kit";
import { textsOrNone } from "../api/answer";
import type { SendGridApi } from "../api/api";
import { fromApi, toApi } from "../api/case";
import { Collection } from "../api/collection";
import { unpaged } from "../api/paging";

const Found = fromApi(
  z.object({
    id: z.string(),
    name: z.string(),
    queryDsl: z.string(),
    parentListIds: textsOrNone,
    status: z
      .object({ query_validation: z.string().nullish(), error_message: z.string().nullish() })
      .nullish(),
  }),
);

const segments = new Collection({
  noun: "segment",
  path: "/v3/marketing/segments/2.0",
  scope: "marketing_campaigns",
  item: Found,
  created: z.object({ id: z.string() }),
  listed: z.object({ id: z.string(), name: z.string() }),
  paging: unpaged("results"),
});

export const Segment = defineResource<SendGridApi>()({
  token: "sendgrid:index:Segment",
  description: `
The contacts that a query finds, for newsletters: contacts come and go by what is stored about them.

SendGrid looks for contacts about once an hour. It checks the query some time after the creation too: a refresh warns
of one that it can't run.

API: https://www.twilio.com/docs/sendgrid/api-reference/segmenting-contacts-v2
`.trim(),
  inputs: z.object({
    name: z.string().min(1).max(100).meta({
      description: "A name for people, up to 100 characters; no other segment may have it.",
    }),
    queryDsl: z.string().min(1).meta({
      description:
        "The query in SendGrid's SQL, e.g. `SELECT contact_id, updated_at FROM contact_data WHERE city = 'Springfield'`.",
    }),
    parentListIds: z
      .array(z.guid("must be the id of a contact list"))
      .max(1, "must have at most one list: SendGrid does not take more yet")
      .default([])
      .meta({
        description:
          "The contact list that the contacts are taken from, at most one: the output `listId` of a `ContactList`. All contacts when not set.",
        replace: true,
      }),
  }),
  outputs: z.object({
    segmentId: z.string().meta({ description: "SendGrid's id of the segment, a UUID." }),
  }),
  identity: {
    properties: ["name"],
    find: async (operation) =>
      (await segments.list(operation)).find(({ name }) => name === operation.inputs.name)?.id,
  },
  examples: [
    {
      name: "Springfield",
      queryDsl: "SELECT contact_id, updated_at FROM contact_data WHERE city = 'Springfield'",
    },
    {
      name: "Springfield and Shelbyville",
      queryDsl:
        "SELECT contact_id, updated_at FROM contact_data WHERE city IN ('Springfield', 'Shelbyville')",
    },
    {
      name: "Springfield and Shelbyville",
      queryDsl:
        "SELECT contact_id, updated_at FROM contact_data WHERE city IN ('Springfield', 'Shelbyville')",
      parentListIds: [outputOf("ContactList", "listId", { name: "Contacts of two towns" })],
    },
  ],
  create: async (operation) => {
    const { name } = operation.inputs;
    const { id } = await segments.create(operation, `"${name}"`, toApi(operation.inputs));
    return { id, outputs: { segmentId: id } };
  },
  read: async (operation) => {
    // Without the contacts in it, which would be none of ours.
    const found = await segments.find(operation, operation.id, { contacts_sample: false });
    if (found === undefined) return undefined;
    const { id, status, ...inputs } = found;
    if (status?.query_validation?.toUpperCase() === "INVALID")
      operation.log.warn(
        `SendGrid can't run the query of the segment "${inputs.name}", and it gets no contacts: ` +
          `${status.error_message ?? "it does not say why"}. Correct queryDsl.`,
      );
    return { inputs, outputs: { segmentId: id } };
  },
  update: async (operation) => {
    const { parentListIds, ...changeable } = operation.inputs;
    await segments.change(operation, operation.id, toApi(changeable));
    return {};
  },
  delete: async (operation) => await segments.remove(operation, operation.id),
});
