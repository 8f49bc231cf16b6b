import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { openBookshop } from "./bookshop";

const Schema = z.looseObject({
  name: z.string(),
  version: z.string(),
  config: z.object({ variables: z.record(z.string(), z.unknown()) }),
  types: z.record(z.string(), z.unknown()),
  resources: z.record(
    z.string(),
    z.looseObject({
      inputProperties: z.record(z.string(), z.unknown()),
      requiredInputs: z.array(z.string()),
      properties: z.record(z.string(), z.unknown()),
      required: z.array(z.string()),
    }),
  ),
  functions: z.record(z.string(), z.unknown()),
});

let schema: z.output<typeof Schema>;
beforeAll(async () => {
  const open = await openBookshop();
  schema = Schema.parse(await open.client.schema());
  await open.close();
});

describe("the schema of a resource", () => {
  const book = () => schema.resources["shop:index:Book"];

  it.each([
    ["a text", "title", { type: "string", description: "Its title." }],
    ["a whole number", "pages", { type: "integer", description: "How many pages." }],
    ["a number with a default", "price", { type: "number", description: "In euro.\n\nDefault: `10`." }],
    ["an array", "authors", { type: "array", items: { type: "string" }, description: "In any order." }],
    ["a secret", "note", { type: "string", description: "For staff.", secret: true }],
    [
      "what replaces",
      "isbn",
      { type: "string", description: "Its ISBN-10; hyphens are left out.", willReplaceOnChanges: true },
    ],
    ["a named object", "shelf", { $ref: "#/types/shop:index:Shelf", description: "Where it stands." }],
    [
      "a named enum",
      "language",
      { $ref: "#/types/shop:index:Language", description: 'ISO code.\n\nDefault: `"en"`.' },
    ],
    [
      "a union",
      "size",
      { oneOf: [{ type: "number" }, { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } }] },
    ],
  ])("describes %s", (_, name, expected) => {
    expect(book()?.inputProperties[name]).toEqual(expected);
  });

  it("requires the inputs without a default", () => {
    expect(book()?.requiredInputs).toEqual(["isbn", "title"]);
  });

  it("has the inputs among the outputs, those with a default always", () => {
    expect(book()?.required).toEqual([
      "isbn",
      "title",
      "price",
      "language",
      "label",
      "stockNumber",
      "pickupCode",
    ]);
    expect(book()?.properties).toMatchObject({ title: { type: "string" }, pickupCode: { secret: true } });
  });
});

it("describes nested types", () => {
  expect(schema.types).toEqual({
    "shop:index:Language": {
      type: "string",
      enum: [{ value: "de" }, { value: "en" }],
    },
    "shop:index:Shelf": {
      type: "object",
      properties: {
        room: { type: "string" },
        tags: { type: "object", additionalProperties: { type: "string" } },
        urls: { type: "array", items: { type: "string" } },
      },
      required: ["room"],
    },
  });
});

it("describes settings with their environment variables", () => {
  expect(schema.config.variables.password).toEqual({
    type: "string",
    description: "The till's.",
    secret: true,
    defaultInfo: { environment: ["SHOP_PASSWORD"] },
  });
});

it("describes functions", () => {
  expect(schema.functions["shop:index:getTitle"]).toEqual({
    inputs: { type: "object", properties: { isbn: { type: "string" } }, required: ["isbn"] },
    outputs: { type: "object", properties: { title: { type: "string" } }, required: ["title"] },
  });
});
