import * as z from "zod";
import { defineResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { fromApi, toApi } from "../api/case";
import { Collection } from "../api/collection";
import { unpaged } from "../api/paging";

const FieldType = z.enum(["Text", "Number", "Date"]);
const Field = fromApi(z.object({ id: z.string(), name: z.string(), fieldType: FieldType }));

const fields = new Collection({
  noun: "custom field",
  path: "/v3/marketing/field_definitions",
  scope: "marketing_campaigns",
  item: Field,
  paging: unpaged("custom_fields"),
});

/** The fields that every contact has; SendGrid refuses custom ones with their names. */
const RESERVED =
  /^(first_name|last_name|email|alternate_emails|address_line_[12]|city|state_province_region|postal_code|country|phone_number|whatsapp|line|facebook|unique_name|email_domains|last_(clicked|opened|emailed)|singlesend_id|automation_id|created_at|updated_at|contact_id)$/i;

export const CustomField = defineResource<SendGridApi>()({
  token: "sendgrid:index:CustomField",
  description: `
A field that contacts have besides those which all have, e.g. to choose the recipients of a newsletter by it.

Deleting a field deletes its values at every contact.

An account can have 500 custom fields.

API: https://www.twilio.com/docs/sendgrid/api-reference/custom-fields
`.trim(),
  inputs: z.object({
    name: z
      .string()
      .min(1)
      .max(100)
      .regex(/^[a-z_]/i, "must begin with a letter or an underscore")
      .regex(/^\w*$/, "must have letters, digits and underscores only")
      .refine((name) => !RESERVED.test(name), "is the name of a field that every contact has: choose another")
      .meta({
        description:
          "Up to 100 letters, digits and underscores, with no digit at the beginning. No other field may have it, whatever the letter case.",
      }),
    fieldType: FieldType.meta({
      description: "What its values are: `Text`, `Number` or `Date`.",
      typeName: "CustomFieldType",
      replace: true,
    }),
  }),
  outputs: z.object({
    fieldId: z
      .string()
      .meta({ description: "SendGrid's id of the field, e.g. `e1_T`: its key at a contact." }),
  }),
  identity: {
    properties: ["name"],
    find: async (operation) => {
      const wanted = operation.inputs.name.toLowerCase();
      return (await fields.list(operation)).find(({ name }) => name.toLowerCase() === wanted)?.id;
    },
  },
  examples: [
    { name: "orders", fieldType: "Number" },
    { name: "number_of_orders", fieldType: "Number" },
    { name: "number_of_orders", fieldType: "Text" },
  ],
  create: async (operation) => {
    const { name } = operation.inputs;
    const { id } = await fields.create(operation, `"${name}"`, toApi(operation.inputs));
    return { id, outputs: { fieldId: id } };
  },
  read: async (operation) => {
    // There is no request for a single one.
    const one = async () => (await fields.list(operation)).find(({ id }) => id === operation.id);
    const found = await fields.read(operation, ({ id }) => id, one);
    if (found === undefined) return undefined;
    const { id, name, fieldType } = found;
    return { inputs: { name, fieldType }, outputs: { fieldId: id } };
  },
  update: async (operation) => {
    await fields.change(operation, operation.id, { name: operation.inputs.name });
    return {};
  },
  delete: async (operation) => await fields.remove(operation, operation.id),
});
