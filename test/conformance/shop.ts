import { z } from "zod";
import type { ProviderSchema } from "../../conformance/provider-schema";
import { defineFunction, defineProvider, defineResource } from "../../providers/kit";

const inputs = z.object({
  title: z.string().meta({ replace: true }),
  pages: z.int().default(100),
  binding: z.enum(["soft", "hard"]).optional(),
  password: z.string().optional().meta({ secret: true }),
  cover: z.object({ color: z.string().meta({ replace: true }), gloss: z.boolean().optional() }).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  reprint: z.boolean().default(false),
  text: z.string().optional(),
});
const outputs = z.object({ isbn: z.string(), authors: z.array(z.string()) });

const Book = defineResource<null>()({
  token: "shop:index:Book",
  inputs,
  outputs,
  replaces: (property, _before, after) => property === "text" && after.reprint === true,
  create: async () => ({ id: "1", outputs: { isbn: "1", authors: [] } }),
  read: async () => undefined,
  update: async () => ({}),
  delete: async () => {},
});

const getBook = defineFunction<null>()({
  token: "shop:index:getBook",
  inputs: z.object({ isbn: z.string() }),
  outputs: z.object({ title: z.string() }),
  call: async () => ({ title: "" }),
});

/** A substitute that agrees with {@link realShop}. */
export const substituteShop = defineProvider({
  name: "shop",
  version: "1.2.3",
  config: z.object({}),
  connect: () => null,
  resources: [Book],
  functions: [getBook],
});

/** The schema of the real provider, a fresh copy for a test to change. */
export function realShop(): ProviderSchema {
  const string = { type: "string" };
  const both = {
    title: string,
    pages: { type: "integer" },
    binding: { type: "string", enum: ["soft", "hard", "none"] },
    password: string,
    labels: { type: "object", additionalProperties: string },
    reprint: { type: "boolean" },
    text: string,
  };
  return structuredClone({
    package: "@example/shop",
    version: "1.2.3",
    resources: {
      "shop:index:Book": {
        inputs: { ...both, cover: { ref: "input:Cover" }, weight: { type: "number" } },
        requiredInputs: ["title"],
        outputs: {
          ...both,
          cover: { ref: "output:Cover" },
          isbn: string,
          authors: { type: "array", items: string },
        },
        alwaysPresentOutputs: ["title", "isbn", "authors"],
        secretInputs: ["password"],
        additionalSecretOutputs: ["password"],
        replace: {
          forceNew: ["title"],
          conditional: { text: "only if reprint is true", "pages|labels": "never replaces (in place)" },
          nestedForceNew: { cover: ["color"] },
          tfDefaults: { pages: 100 },
          basis: "read",
        },
      },
    },
    functions: {
      "shop:index:getBook": {
        inputs: { isbn: string },
        requiredInputs: ["isbn"],
        outputs: { title: string },
      },
    },
    types: {
      "input:Cover": { properties: { color: string, gloss: { type: "boolean" } }, required: ["color"] },
      "output:Cover": { properties: { color: string, gloss: { type: "boolean" } }, required: ["color"] },
    },
  });
}

/** The real book, for a test to change. */
export function bookIn(shop: ProviderSchema): ProviderSchema["resources"][string] {
  const book = shop.resources["shop:index:Book"];
  if (book === undefined) throw new Error("the shop has no book");
  return book;
}
