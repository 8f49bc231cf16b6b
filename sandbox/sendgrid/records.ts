import type { Context } from "hono";
import { z } from "zod";
import { Refusal } from "./refusal";
import { type ApiEnv, queryNumber } from "./request";

/** Items of one kind, each of which belongs to a user: the account itself or one of its subusers. */
export class Records<Item> {
  readonly #items = new Map<string, { owner: string; item: Item }>();

  /** @param gone what SendGrid says of an item that does not exist */
  constructor(private readonly gone: string) {}

  add(owner: string, id: string | number, item: Item): Item {
    this.#items.set(String(id), { owner, item });
    return item;
  }

  /** Those of a user, oldest first. */
  all(owner: string): Item[] {
    return [...this.#items.values()].filter((each) => each.owner === owner).map(({ item }) => item);
  }

  /** @throws Refusal 404 when this user has none with the id. */
  get(owner: string, id: string | number): Item {
    const found = this.#items.get(String(id));
    if (found?.owner !== owner) throw new Refusal(404, [{ message: this.gone }]);
    return found.item;
  }

  /** @throws Refusal 404 when this user has none with the id. */
  delete(owner: string, id: string | number): Item {
    const item = this.get(owner, id);
    this.#items.delete(String(id));
    return item;
  }
}

/** The query parameters of lists that are paged by limit and offset. */
export const OFFSET_PAGE = { limit: queryNumber.default(50), offset: queryNumber.default(0) };

/** The query parameters of lists that are paged by token. */
export const TOKEN_PAGE = {
  page_size: queryNumber.default(50),
  page_token: z.string().optional(),
};

/** One page of items, with the addresses of this page and the next, as the marketing lists have them. */
export function tokenPage<Item>(
  context: Context<ApiEnv>,
  items: readonly Item[],
  { page_size, page_token }: { page_size: number; page_token?: string },
): { result: Item[]; _metadata: Record<string, unknown> } {
  const start = page_token === undefined ? 0 : Number(Buffer.from(page_token, "base64url").toString());
  if (!Number.isInteger(start) || start < 0)
    throw new Refusal(400, [{ field: "page_token", message: "invalid page token" }]);
  const address = (from: number) => {
    const url = new URL(context.req.url);
    url.searchParams.set("page_token", Buffer.from(String(from)).toString("base64url"));
    return url.toString();
  };
  const end = start + page_size;
  return {
    result: items.slice(start, end),
    _metadata: {
      self: address(start),
      ...(start > 0 ? { prev: address(Math.max(0, start - page_size)) } : {}),
      ...(end < items.length ? { next: address(end) } : {}),
      count: items.length,
    },
  };
}
