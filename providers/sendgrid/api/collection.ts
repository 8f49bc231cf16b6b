import * as z from "zod";
import type { Operation } from "../../kit";
import { ANYTHING, type SendGridApi } from "./api";
import type { Purpose } from "./api-error";
import type { Paging, Query } from "./paging";

/** What an operation of a resource brings along. */
export type Asking = Pick<Operation<SendGridApi>, "session" | "signal">;

/** A collection of the API: what its requests have in common. */
export interface CollectionOptions<Item, Created, Listed> {
  /** What one of them is called in messages, e.g. `unsubscribe group`. */
  noun: string;
  /** E.g. `/v3/asm/groups`; an item is one step below. */
  path: string;
  /** Name of the API key scopes without the action, e.g. `asm.groups` for `asm.groups.create`. */
  scope: string;
  /** One item, as reading it answers. */
  item: z.ZodType<Item>;
  /** What creating one answers, where that is not an item. */
  created?: z.ZodType<Created>;
  /** One entry of the list, where that is less than an item. */
  listed?: z.ZodType<Listed>;
  paging?: Paging;
  /** What the list's query says besides, where it would leave some out otherwise. */
  filter?: Query;
  /** How an item is changed; PATCH by default. */
  change?: "PATCH" | "PUT";
  /** What a 403 at a create or change can mean besides a missing scope, as a sentence. */
  forbidden?: string;
}

/** The requests that every collection of the API has, with their purposes for error messages. */
export class Collection<Item, Created = Item, Listed = Item> {
  constructor(private readonly options: CollectionOptions<Item, Created, Listed>) {}

  /**
   * Makes one. The request is never sent again where SendGrid may have acted on it.
   *
   * @param name for messages, quoted where it is a name: `"Newsletter"`; never a secret
   */
  async create({ session, signal }: Asking, name: string, body: Record<string, unknown>): Promise<Created> {
    const { path, created, item } = this.options;
    const purpose = this.purpose("create", name);
    // Where `created` is left out, Created is Item.
    const answer = (created ?? item) as z.ZodType<Created>;
    return await session.request({ method: "POST", path, body, answer, purpose, signal, once: true });
  }

  /** The one with an id, undefined if there is none. */
  async find({ session, signal }: Asking, id: string, query: Query = {}): Promise<Item | undefined> {
    const purpose = this.purpose("read", id);
    const asked = { path: this.pathOf(id), query, purpose, signal };
    return await session.find({ method: "GET", answer: this.options.item, ...asked });
  }

  /**
   * As {@link find}, for the `read` of a resource whose list shows whole items: a refresh of many shares one list,
   * an import asks for its item.
   *
   * @param one asks for the item alone, where that is not the request of {@link find}
   */
  async read(
    operation: Asking & { id: string; inputs?: unknown },
    idOf: (item: Item) => string,
    one: () => Promise<Item | undefined> = () => this.find(operation, operation.id),
  ): Promise<Item | undefined> {
    const { id, inputs, session } = operation;
    if (inputs === undefined) return await one();
    // One entry that is not understood must not fail the others' reads; its own then asks for it alone and says why.
    const entry = z.union([this.options.item, z.unknown().transform(() => undefined)]);
    const all = async () => {
      const items = (await this.listOf(operation, entry, {})).filter((item) => item !== undefined);
      return new Map(items.map((item) => [idOf(item), item]));
    };
    return await session.shared(this.options.path, id, one, all);
  }

  /** All of them, page by page. */
  async list(operation: Asking, filter: Query = {}): Promise<Listed[]> {
    // Where `listed` is left out, Listed is Item.
    const entry = (this.options.listed ?? this.options.item) as z.ZodType<Listed>;
    return await this.listOf(operation, entry, filter);
  }

  /** Changes what the body names. What the answer has to be is checked only where it is given. */
  async change<Answer = unknown>(
    { session, signal }: Asking,
    id: string,
    body: Record<string, unknown>,
    answer: z.ZodType<Answer> = z.any(),
  ): Promise<Answer> {
    const { change: method = "PATCH" } = this.options;
    const purpose = this.purpose("update", id);
    return await session.request({ method, path: this.pathOf(id), body, answer, purpose, signal });
  }

  /** Deletes one; that it is gone already is as good. */
  async remove({ session, signal }: Asking, id: string, query: Query = {}): Promise<void> {
    const purpose = this.purpose("delete", id);
    await session.find({ method: "DELETE", path: this.pathOf(id), query, answer: ANYTHING, purpose, signal });
  }

  /** The path of an item, for what a collection has besides. */
  pathOf(id: string): string {
    // Nothing escapes these two, and a path that has them leads elsewhere.
    if (id === "." || id === "..") throw new Error(`"${id}" is no id of a ${this.options.noun}`);
    return `${this.options.path}/${encodeURIComponent(id)}`;
  }

  /** The purpose of a request about one of them. */
  purpose(action: "create" | "read" | "update" | "delete", name: string): Purpose {
    const { noun, scope, forbidden } = this.options;
    return {
      task: `${action === "update" ? "change" : action} the ${noun} ${name}`,
      scope: `${scope}.${action}`,
      forbidden: action === "create" || action === "update" ? forbidden : undefined,
    };
  }

  /** As {@link find}. @throws Error that says what to do when it is gone */
  async existing(operation: Asking, id: string): Promise<Item> {
    const found = await this.find(operation, id);
    if (found === undefined) throw this.gone(id);
    return found;
  }

  /** The error for an item that was there and is not any more. */
  gone(id: string): Error {
    return new Error(
      `The ${this.options.noun} ${id} is gone: run \`pulumi refresh\`, then the same command again.`,
    );
  }

  private async listOf<Entry>(
    { session, signal }: Asking,
    entry: z.ZodType<Entry>,
    query: Query,
  ): Promise<Entry[]> {
    const { noun, path, scope, paging, filter } = this.options;
    const purpose = { task: `list the ${noun}s`, scope: `${scope}.read` };
    return await session.list({ path, query: { ...filter, ...query }, purpose, signal }, entry, paging);
  }
}
