import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHECKED, openBookshop } from "./bookshop";
import { secret, UNKNOWN } from "./client";

let shop: Awaited<ReturnType<typeof openBookshop>>;
beforeAll(async () => {
  shop = await openBookshop();
});
afterAll(() => shop.close());

const shelf = { room: "1", tags: { team: "a", floor: "2" }, urls: ["http://a", "http://b"] };
const before = { ...CHECKED, pages: 100, authors: ["Ann", "Ben"], supplier: "S", shelf };
const diff = (after: Record<string, unknown>, ignoreChanges?: string[]) =>
  shop.client.diff("shop:index:Book", before, after, ignoreChanges);

describe("a diff", () => {
  it("of equal inputs is none", async () => {
    expect(await diff(before)).toMatchObject({ changes: false, detailed: {} });
  });

  it.each([
    ["a changed property", { ...before, title: "New" }, { title: "update" }],
    ["an added property", { ...before, note: "x" }, { note: "add" }],
    ["a removed property", { ...before, pages: undefined }, { pages: "delete" }],
    [
      "a changed member of a record",
      { ...before, shelf: { ...shelf, tags: { team: "b", floor: "2" } } },
      { "shelf.tags.team": "update" },
    ],
    [
      "an added element of an array",
      { ...before, shelf: { ...shelf, urls: [...shelf.urls, "http://c"] } },
      { "shelf.urls[2]": "add" },
    ],
    ["a changed replacing property", { ...before, isbn: "0000000000" }, { isbn: "update-replace" }],
    ["a removed replacing property", { ...before, supplier: undefined }, { supplier: "delete-replace" }],
    ["a value that is unknown now", { ...before, title: UNKNOWN }, { title: "update" }],
    ["a replacing value that is unknown now", { ...before, isbn: UNKNOWN }, { isbn: "update-replace" }],
    [
      "an unknown value inside",
      { ...before, shelf: { ...shelf, urls: ["http://a", UNKNOWN] } },
      { "shelf.urls[1]": "update" },
    ],
    ["members that are not the same", { ...before, authors: ["Ben", "Cem"] }, { authors: "update" }],
  ])("names %s", async (_, after, detailed) => {
    expect(await diff(after)).toMatchObject({ changes: true, detailed });
  });

  it("lists the properties that replace", async () => {
    const after = { ...before, isbn: "0000000000", title: "New" };
    expect(await diff(after)).toMatchObject({ replaces: ["isbn"] });
  });

  it.each([
    ["the order of members where it has no meaning", { ...before, authors: ["Ben", "Ann"] }],
    ["what became a secret", { ...before, title: secret(before.title) }],
  ])("leaves out %s", async (_, after) => {
    expect(await diff(after)).toMatchObject({ changes: false });
  });

  it.each([
    ["a property", ["title"]],
    ["everything under a property", ["shelf", "title"]],
    ["a member of a record", ["title", "shelf.tags.team"]],
    ["any member", ["title", "shelf.tags[*]"]],
  ])("leaves out what ignoreChanges names: %s", async (_, ignoreChanges) => {
    const after = { ...before, title: "New", shelf: { ...shelf, tags: { team: "b", floor: "2" } } };
    const { detailed } = await diff(after, ignoreChanges);
    expect(Object.keys(detailed)).toEqual(ignoreChanges.length === 1 ? ["shelf.tags.team"] : []);
  });

  it("takes a default as given before there was one", async () => {
    const { price: _, ...without } = before;
    expect(await shop.client.diff("shop:index:Book", without, before)).toMatchObject({ changes: false });
  });

  it("takes over what an import could not read", async () => {
    const { supplier: _, ...imported } = before;
    expect(await shop.client.diff("shop:index:Book", imported, before)).toMatchObject({ changes: false });
  });
});

describe("an optional input that the API computes", () => {
  const stock = { inputs: { text: "open" }, state: { text: "open", colour: "red" } };
  const diffSign = (after: Record<string, unknown>) =>
    shop.client.diff("shop:index:Sign", stock.inputs, after, [], stock.state);

  it("is no change when it is set to what it is", async () => {
    expect(await diffSign({ text: "open", colour: "red" })).toMatchObject({ changes: false });
  });

  it("is a change when it is set to something else", async () => {
    expect(await diffSign({ text: "open", colour: "blue" })).toMatchObject({
      detailed: { colour: "update-replace" },
    });
  });

  it("is left as it is when it is not set any more", async () => {
    const set = { text: "open", colour: "red" };
    expect(await shop.client.diff("shop:index:Sign", set, { text: "open" })).toMatchObject({
      changes: false,
    });
  });
});

describe("a resource without an update", () => {
  it("is replaced for every change, and deleted first if the definition says so", async () => {
    expect(await shop.client.diff("shop:index:Sign", { text: "open" }, { text: "closed" })).toEqual({
      changes: true,
      replaces: ["text"],
      deleteBeforeReplace: true,
      detailed: { text: "update-replace" },
    });
  });
});

it.each([
  ["can be updated", "white", "update"],
  ["can't", "black", "update-replace"],
])("a change replaces where the definition says so of the values: one that %s", async (_, colour, kind) => {
  const { detailed } = await shop.client.diff(
    "shop:index:Shelf",
    { name: "a", colour },
    { name: "a", colour: "red" },
  );
  expect(detailed).toEqual({ colour: kind });
});
