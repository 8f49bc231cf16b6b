import * as z from "zod";
import {
  defineFunction,
  defineProvider,
  defineResource,
  IncompleteResource,
  sameMembers,
  serve,
  UNKNOWN,
  whenKnown,
} from "../../providers/kit";
import { connect, secret } from "./client";

/** What the provider of these tests keeps its books in. */
export class Shop {
  readonly books = new Map<string, Record<string, unknown>>();
  /** Where set, a create calls it and then waits until it is told to stop. */
  onWait: (() => void) | undefined;
  fault: Error | undefined;
  constructor(readonly password: string) {}
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, fail) => {
    signal.addEventListener("abort", () => fail(signal.reason));
  });

const isbn = z
  .string()
  .transform((text) => text.replaceAll("-", "").toUpperCase())
  .pipe(z.string().regex(/^\d{9}[\dX]$/, "must be ten digits, the last of which can be X"));

const Book = defineResource<Shop>()({
  token: "shop:index:Book",
  description: "A book in the shop.",
  inputs: z.object({
    isbn: isbn.meta({ description: "Its ISBN-10; hyphens are left out.", replace: true }),
    title: z.string().min(1).max(40).meta({ description: "Its title." }),
    pages: z.int().positive().optional().meta({ description: "How many pages." }),
    price: z.number().default(10).meta({ description: "In euro." }),
    language: z.enum(["de", "en"]).default("en").meta({ description: "ISO code.", typeName: "Language" }),
    authors: z
      .array(z.string())
      .nonempty()
      .optional()
      .meta({ description: "In any order.", equals: sameMembers }),
    note: z.string().optional().meta({ description: "For staff.", secret: true }),
    supplier: z
      .string()
      .optional()
      .meta({ description: "Never returned.", neverReturned: true, replace: true }),
    shelf: z
      .object({
        room: z.string(),
        tags: z.record(z.string(), z.string()).optional(),
        urls: z.array(z.url()).optional(),
      })
      .optional()
      .meta({ description: "Where it stands.", typeName: "Shelf" }),
    editions: z.array(z.object({ year: z.int() })).optional(),
    size: z.union([z.number(), z.strictObject({ width: z.number(), height: z.number() })]).optional(),
  }),
  outputs: z.object({
    label: z.string().meta({ description: "What the spine says." }),
    stockNumber: z.string().meta({ description: "Given by the shop." }),
    pickupCode: z.string().meta({ description: "Opens the box.", secret: true }),
    discount: z.number().optional(),
  }),
  rules: [
    {
      properties: ["price", "pages"],
      fault: ({ price, pages = 0 }) =>
        price > pages * 10 && pages > 0 ? `is too much for ${pages} pages` : undefined,
    },
  ],
  preview: ({ isbn, title }, state) => ({
    label: whenKnown([isbn, title], (number, name) => `${name} (${number})`),
    discount: undefined,
    ...(state && title === "renumbered" ? { stockNumber: UNKNOWN } : {}),
  }),
  create: async ({ inputs, session, signal }) => {
    signal.throwIfAborted();
    if (session.fault) throw session.fault;
    if (session.onWait) {
      session.onWait();
      await untilAborted(signal);
    }
    const outputs = {
      label: `${inputs.title} (${inputs.isbn})`,
      stockNumber: `no-${inputs.isbn}`,
      pickupCode: "open-sesame",
    };
    session.books.set(inputs.isbn, inputs);
    if (inputs.title === "half a book")
      throw new IncompleteResource(inputs.isbn, outputs, ["the second half is missing"]);
    return { id: inputs.isbn, outputs };
  },
  read: async ({ id, session, state }) => {
    const book = session.books.get(id);
    if (book === undefined) return undefined;
    const { supplier: _, ...inputs } = book;
    return {
      inputs,
      outputs: {
        label: `${book.title} (${id})`,
        stockNumber: `no-${id}`,
        pickupCode: state.pickupCode ?? "",
      },
    };
  },
  update: async ({ id, inputs, session, state, log }) => {
    log.progress("printing a new label");
    log.info("label printed");
    session.books.set(id, inputs);
    return {
      label: `${inputs.title} (${inputs.isbn})`,
      stockNumber: state.stockNumber ?? "",
      pickupCode: state.pickupCode ?? "",
    };
  },
  delete: async ({ id, session }) => {
    session.books.delete(id);
  },
});

/** A resource without an update, of which there can be only one by a text; the shop chooses the colour if need be. */
const Sign = defineResource<Shop>()({
  token: "shop:index:Sign",
  inputs: z.object({ text: z.string(), colour: z.string().optional() }),
  outputs: z.object({ colour: z.string() }),
  deleteBeforeReplace: (before, after) => before.text !== after.text,
  create: async ({ inputs }) => ({ id: inputs.text, outputs: { colour: inputs.colour ?? "red" } }),
  read: async ({ id }) => ({ inputs: { text: id, colour: "red" }, outputs: { colour: "red" } }),
  delete: async () => {},
});

/** A resource that is named after itself, and that can be repainted, but not from black. */
const Shelf = defineResource<Shop>()({
  token: "shop:index:Shelf",
  inputs: z.object({ name: z.string(), colour: z.string().default("white") }),
  outputs: z.object({}),
  autoName: "name",
  replaces: (property, before) => property === "colour" && before.colour === "black",
  create: async ({ inputs }) => ({ id: inputs.name, outputs: {} }),
  read: async ({ id, inputs }) => ({ inputs: { name: id, ...inputs }, outputs: {} }),
  update: async () => ({}),
  delete: async () => {},
});

const getTitle = defineFunction<Shop>()({
  token: "shop:index:getTitle",
  inputs: z.object({ isbn }),
  outputs: z.object({ title: z.string() }),
  call: async ({ inputs, session }) => ({ title: String(session.books.get(inputs.isbn)?.title ?? "none") }),
});

/** A provider that has what a definition can have; `shop` is what it is connected to. */
export function bookshop() {
  const connected: { shop: Shop | undefined } = { shop: undefined };
  const provider = defineProvider({
    name: "shop",
    version: "1.2.3",
    description: "Books.",
    config: z.object({
      password: z.string().meta({ description: "The till's.", secret: true, env: ["SHOP_PASSWORD"] }),
      retries: z.int().default(3).meta({ description: "How often." }),
      city: z.string().optional().meta({ replace: true }),
    }),
    connect: ({ password }) => {
      connected.shop ??= new Shop(password);
      return connected.shop;
    },
    resources: [Book, Sign, Shelf],
    functions: [getTitle],
  });
  return { provider, connected };
}

/** Serves a bookshop on a port of its own and connects to it as an engine would. */
export async function openBookshop(environment: Record<string, string> = {}) {
  const { provider, connected } = bookshop();
  const server = await serve(provider, { environment });
  const client = connect(server.port);
  const shop = async () => {
    await client.configure({ password: secret(PASSWORD) });
    if (connected.shop === undefined) throw new Error("the provider did not connect");
    return connected.shop;
  };
  const close = async () => {
    client.close();
    await server.close();
  };
  return { client, connected, shop, close };
}

export const PASSWORD = "till-opens-at-nine";
/** Inputs as a check gives them back. */
export const CHECKED = { isbn: "389721121X", title: "Pragmatic", price: 10, language: "en" };
