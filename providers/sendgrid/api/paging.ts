import * as z from "zod";

/** Parameters of a request's query. */
export type Query = Record<string, string | number | boolean>;

/** One page of a list, with the mark of the next where the answer has one. */
export interface Page<Item> {
  items: Item[];
  mark?: string;
}

/** How the API divides a list into pages. */
export interface Paging {
  /** What the query says besides the list's own filters. */
  first: Query;
  answer<Item>(item: z.ZodType<Item>): z.ZodType<Page<Item>>;
  /** What the query says for the next page, undefined after the last; `seen` counts the items so far. */
  next(page: Page<unknown>, seen: number): Query | undefined;
}

/** All at once: a plain list, or one in a property of the answer. */
export function unpaged(property?: string): Paging {
  return { first: {}, answer: (item) => itemsIn(property, item), next: () => undefined };
}

/** By `limit` and `offset`: a plain list, whose last page is a short one. */
export function byOffset(limit = 100): Paging {
  return {
    first: { limit, offset: 0 },
    answer: (item) => itemsIn(undefined, item),
    next: ({ items }, seen) => (items.length < limit ? undefined : { offset: seen }),
  };
}

/** By `page_size` and `page_token`, which the address of the next page has in `_metadata.next`. */
export function byToken(pageSize = 100, property = "result"): Paging {
  const metadata = z.object({ _metadata: z.object({ next: z.string().nullish() }).nullish() });
  return {
    first: { page_size: pageSize },
    answer: (item) =>
      z
        .intersection(
          itemsIn(property, item),
          metadata.transform(({ _metadata }) => ({ mark: tokenOf(_metadata?.next) })),
        )
        .transform(({ items, mark }) => ({ items, mark })),
    next: ({ mark }) => (mark === undefined ? undefined : { page_token: mark }),
  };
}

/** By `limit` and `lastSeenID`, the id of the last item before: a list in `results`. */
export function byLastSeenId(limit = 100): Paging {
  const ids = z.object({ results: z.array(z.object({ id: z.coerce.string() })) });
  return {
    first: { limit },
    answer: (item) =>
      z
        .intersection(
          itemsIn("results", item),
          ids.transform(({ results }) => ({ mark: results.at(-1)?.id })),
        )
        .transform(({ items, mark }) => ({ items, mark })),
    next: ({ items, mark }) =>
      items.length < limit || mark === undefined ? undefined : { lastSeenID: mark },
  };
}

function itemsIn<Item>(property: string | undefined, item: z.ZodType<Item>): z.ZodType<Page<Item>> {
  return property === undefined
    ? z.array(item).transform((items) => ({ items }))
    : z.object({ [property]: z.array(item) }).transform((body) => ({ items: body[property] ?? [] }));
}

/** The page's token in an address that may be absolute or below the API's. */
function tokenOf(next: string | null | undefined): string | undefined {
  return next
    ? (new URL(next, "https://api.sendgrid.com").searchParams.get("page_token") ?? undefined)
    : undefined;
}
