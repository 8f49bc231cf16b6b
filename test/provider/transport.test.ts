import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { PATIENCE, SendGridApi } from "../../providers/sendgrid/api/api";
import { Collection } from "../../providers/sendgrid/api/collection";
import { byLastSeenId, byOffset, byToken, type Paging, unpaged } from "../../providers/sendgrid/api/paging";

/** A service that answers what a test says, and notes what it is asked. */
class Service {
  readonly asked: string[] = [];
  underWay = 0;
  mostUnderWay = 0;
  answer: (url: string, query: Record<string, unknown>) => unknown = () => ({});

  readonly client = {
    request: async ({ method, url, qs }: { method?: string; url?: string; qs?: unknown }) => {
      const query = z.record(z.string(), z.unknown()).parse(qs ?? {});
      this.asked.push(`${method} ${url}`);
      this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      this.underWay--;
      const body = this.answer(url ?? "", query);
      return [{ statusCode: 200, headers: {}, body }, body] as never;
    },
  };

  open(concurrency?: number) {
    const access = { apiKey: "SG.x", baseUrl: "http://127.0.0.1" };
    const sharing = { gatherMs: 5, worthAList: 4, freshMs: 200 };
    return new SendGridApi(access, { patience: PATIENCE, sharing, concurrency, client: this.client });
  }
}

let service: Service;
beforeEach(() => {
  service = new Service();
});
afterEach(() => {
  expect(service.underWay).toBe(0);
});
const { signal } = new AbortController();
const purpose = { task: "try", scope: "none" };
const Item = z.object({ id: z.string() });
const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ id: String(from + index) }));

describe("a list is read to its end,", () => {
  const read = (paging: Paging) => service.open().list({ path: "/list", purpose, signal }, Item, paging);

  it("at once where it has no pages", async () => {
    service.answer = () => ({ result: ids(0, 3) });
    expect(await read(unpaged("result"))).toEqual(ids(0, 3));
    expect(service.asked).toHaveLength(1);
  });

  it("by limit and offset", async () => {
    service.answer = (_, { limit, offset }) =>
      ids(Number(offset), Math.min(250, Number(offset) + Number(limit)));
    expect(await read(byOffset())).toEqual(ids(0, 250));
    expect(service.asked).toHaveLength(3);
  });

  it("by limit and offset, where the last page is a full one", async () => {
    service.answer = (_, { limit, offset }) =>
      ids(Number(offset), Math.min(200, Number(offset) + Number(limit)));
    expect(await read(byOffset())).toHaveLength(200);
    expect(service.asked).toHaveLength(3);
  });

  it.each([
    ["an absolute address", "https://api.sendgrid.com/v3/list?page_token=t2&page_size=100"],
    ["an address below the API's", "/v3/list?page_token=t2"],
  ])("by token, out of %s", async (_, next) => {
    service.answer = (_, { page_token }) =>
      page_token === "t2"
        ? { result: ids(2, 3), _metadata: { prev: "x" } }
        : { result: ids(0, 2), _metadata: { next } };
    expect(await read(byToken())).toEqual(ids(0, 3));
  });

  it("by the last id seen", async () => {
    service.answer = (_, { lastSeenID = -1, limit }) => {
      const from = Number(lastSeenID) + 1;
      return { results: ids(from, Math.min(150, from + Number(limit))) };
    };
    expect(await read(byLastSeenId())).toEqual(ids(0, 150));
    expect(service.asked).toHaveLength(2);
  });

  it("once where the service passes over the offset", async () => {
    service.answer = () => ids(0, 100);
    expect(await read(byOffset())).toEqual(ids(0, 100));
    expect(service.asked).toHaveLength(2);
  });

  it("and is refused where an entry is not what it should be, by its place", async () => {
    service.answer = () => ({ result: [{ id: "1" }, { id: 2 }], _metadata: {} });
    await expect(read(byToken())).rejects.toThrow(/answered something unexpected \(result\.1\.id: /);
  });
});

describe("requests", () => {
  it("are ten at a time", async () => {
    const api = service.open();
    await Promise.all(
      ids(0, 40).map(({ id }) =>
        api.request({ method: "GET", path: `/${id}`, answer: z.any(), purpose, signal }),
      ),
    );
    expect(service.mostUnderWay).toBe(10);
  });

  it("that wait for their turn are not sent after a cancellation", async () => {
    const api = service.open(1);
    const cancelled = new AbortController();
    const requests = ids(0, 3).map(({ id }) =>
      api.request({ method: "GET", path: `/${id}`, answer: z.any(), purpose, signal: cancelled.signal }),
    );
    cancelled.abort(new Error("cancelled by the user"));
    const outcomes = await Promise.allSettled(requests);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(service.asked.length).toBeLessThanOrEqual(1);
  });
});

describe("reads of a list's items", () => {
  const one = (api: SendGridApi, id: string) =>
    api.request({ method: "GET", path: `/list/${id}`, answer: Item.optional(), purpose, signal });
  const all = async (api: SendGridApi) =>
    new Map(
      (await api.list({ path: "/list", purpose, signal }, Item, byOffset())).map((item) => [item.id, item]),
    );
  const read = (api: SendGridApi, id: string) =>
    api.shared(
      "/list",
      id,
      () => one(api, id),
      () => all(api),
    );
  let stored: { id: string }[];
  beforeEach(() => {
    stored = ids(0, 200);
    service.answer = (url, { offset, limit }) =>
      url === "/list"
        ? stored.slice(Number(offset), Number(offset) + Number(limit))
        : stored.find(({ id }) => url.endsWith(`/${id}`));
  });

  it("ask for the item when they come alone", async () => {
    expect(await read(service.open(), "7")).toEqual({ id: "7" });
    expect(service.asked).toEqual(["GET /list/7"]);
  });

  it("share one list when they come together, and later ones are answered by it", async () => {
    const api = service.open();
    const found = await Promise.all(ids(0, 20).map(({ id }) => read(api, id)));
    for (const { id } of ids(20, 200)) found.push(await read(api, id));
    expect(found).toEqual(stored);
    expect(service.asked).toEqual(["GET /list", "GET /list", "GET /list"]);
  });

  it("ask for an item that the list lacks: only its own request says that it is gone", async () => {
    const api = service.open();
    await Promise.all([...ids(0, 8), { id: "gone" }].map(({ id }) => read(api, id)));
    expect(service.asked.filter((request) => request !== "GET /list")).toEqual(["GET /list/gone"]);
  });

  it("list anew after a write", async () => {
    const api = service.open();
    await Promise.all(ids(0, 8).map(({ id }) => read(api, id)));
    stored = [];
    await api.request({ method: "DELETE", path: "/list/7", answer: z.any(), purpose, signal });
    expect(await read(api, "7")).toBeUndefined();
  });

  it("list anew when the list is old", async () => {
    const api = service.open();
    await Promise.all(ids(0, 8).map(({ id }) => read(api, id)));
    await new Promise((resolve) => setTimeout(resolve, 250));
    service.asked.length = 0;
    await Promise.all(ids(0, 8).map(({ id }) => read(api, id)));
    expect(service.asked).toEqual(["GET /list", "GET /list", "GET /list"]);
  });

  it("all fail with the list, and the next try again", async () => {
    const api = service.open();
    const { answer } = service;
    service.answer = () => "no list";
    const outcomes = await Promise.allSettled(ids(0, 8).map(({ id }) => read(api, id)));
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    service.answer = answer;
    expect(await Promise.all(ids(0, 8).map(({ id }) => read(api, id)))).toEqual(ids(0, 8));
  });
});

it("an entry of a shared list that is not understood fails its own read only", async () => {
  const things = new Collection({
    noun: "thing",
    path: "/things",
    scope: "things",
    item: Item,
    paging: byOffset(),
  });
  service.answer = (url) => (url === "/things" ? [...ids(0, 7), { id: 7 }] : { id: 7 });
  const session = service.open();
  const reads = ids(0, 8).map(({ id }) =>
    things.read({ id, inputs: {}, session, signal }, (item) => item.id),
  );
  const outcomes = await Promise.allSettled(reads);
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(7).fill("fulfilled"), "rejected"]);
  expect(service.asked).toEqual(["GET /things", "GET /things/7"]);
});
