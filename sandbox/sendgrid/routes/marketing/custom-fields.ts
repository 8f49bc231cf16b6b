import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SendGridAccount } from "../../account";
import { Records } from "../../records";
import { Refusal } from "../../refusal";
import { type ApiEnv, readBody, requireScope } from "../../request";

type FieldType = "Text" | "Number" | "Date";

interface Field {
  id: string;
  name: string;
  field_type: FieldType;
}

const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z_]\w*$/, "must have letters, digits and underscores, and no digit at the beginning");
const CREATE = z.strictObject({ name, field_type: z.enum(["Text", "Number", "Date"]) });
const RENAME = z.strictObject({ name });

/** SendGrid's limit of custom fields per account. */
const MAX_FIELDS = 500;

const reserved = (field_type: FieldType, read_only: boolean, names: string) =>
  names.split(" ").map((name) => ({ name, field_type, ...(read_only ? { read_only } : {}) }));
const RESERVED = [
  ...reserved("Text", false, "first_name last_name email alternate_emails address_line_1 address_line_2"),
  ...reserved("Text", false, "city state_province_region postal_code country phone_number whatsapp line"),
  ...reserved("Text", false, "facebook unique_name"),
  ...reserved("Text", true, "email_domains singlesend_id automation_id contact_id"),
  ...reserved("Date", true, "last_clicked last_opened last_emailed created_at updated_at"),
];

/** /v3/marketing/field_definitions. A field is deleted whatever uses it. */
export function customFieldRoutes(account: SendGridAccount): Hono<ApiEnv> {
  const fields = new Records<Field>("custom field not found");
  let lastId = 0;
  const may = (action: string) => requireScope(account, `marketing_campaigns.${action}`);
  const find = (context: Context<ApiEnv>) => fields.get(context.var.user, context.req.param("id") ?? "");
  const refuseTaken = (user: string, wanted: string, self?: Field) => {
    const isTaken = [...RESERVED, ...fields.all(user)].some(
      (each) => each !== self && each.name.toLowerCase() === wanted.toLowerCase(),
    );
    if (isTaken)
      throw new Refusal(400, [{ field: "name", message: "a field with this name already exists" }]);
  };
  const addressOf = (context: Context<ApiEnv>, path = "") => ({
    self: new URL(`/v3/marketing/field_definitions${path}`, context.req.url).toString(),
  });
  const shown = (context: Context<ApiEnv>, field: Field) => ({
    ...field,
    _metadata: addressOf(context, `/${field.id}`),
  });
  return new Hono<ApiEnv>()
    .post("/v3/marketing/field_definitions", may("create"), async (context) => {
      const wanted = await readBody(context, CREATE);
      const { user } = context.var;
      refuseTaken(user, wanted.name);
      if (fields.all(user).length >= MAX_FIELDS)
        throw new Refusal(400, [
          { field: "name", message: `an account can have ${MAX_FIELDS} custom fields` },
        ]);
      const id = `e${++lastId}_${wanted.field_type.charAt(0)}`;
      return context.json(shown(context, fields.add(user, id, { id, ...wanted })));
    })
    .get("/v3/marketing/field_definitions", may("read"), (context) =>
      context.json({
        custom_fields: fields.all(context.var.user),
        reserved_fields: RESERVED,
        _metadata: addressOf(context),
      }),
    )
    .patch("/v3/marketing/field_definitions/:id", may("update"), async (context) => {
      const { name } = await readBody(context, RENAME);
      const field = find(context);
      refuseTaken(context.var.user, name, field);
      return context.json(shown(context, Object.assign(field, { name })));
    })
    .delete("/v3/marketing/field_definitions/:id", may("delete"), (context) => {
      fields.delete(context.var.user, find(context).id);
      return context.body(null, 204);
    });
}
