import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBookshop } from "./bookshop";
import { output, secret, UNKNOWN } from "./client";

let shop: Awaited<ReturnType<typeof openBookshop>>;
beforeAll(async () => {
  shop = await openBookshop();
});
afterAll(() => shop.close());

const good = { isbn: "3-89721-121-x", title: "Pragmatic" };
const faults = async (inputs: Record<string, unknown>) =>
  (await shop.client.check("shop:index:Book", inputs)).failures.map(
    ({ property, reason }) => `${property} ${reason}`,
  );

describe("a check", () => {
  it("fills in defaults and normalises spellings", async () => {
    expect(await shop.client.check("shop:index:Book", good)).toEqual({
      inputs: { isbn: "389721121X", title: "Pragmatic", price: 10, language: "en" },
      failures: [],
    });
  });

  it("gives the same for what it gave itself", async () => {
    const { inputs } = await shop.client.check("shop:index:Book", good);
    expect(await shop.client.check("shop:index:Book", inputs)).toEqual({ inputs, failures: [] });
  });

  it.each([
    ["a missing property", { isbn: undefined }, "isbn is missing"],
    ["a wrong type", { isbn: 5 }, "isbn must be a string, not 5"],
    ["the rule of a definition", { isbn: "12" }, "isbn must be ten digits, the last of which can be X"],
    ["a broken number", { pages: 1.5 }, "pages must be a whole number, not 1.5"],
    [
      "a value outside an enum",
      { language: "fr" },
      'language must be one of "de", "en", not the string "fr"',
    ],
    ["a text that is too long", { title: "x".repeat(41) }, "title must have at most 40 characters, not 41"],
    ["an empty array", { authors: [] }, "authors must have at least 1 item, not 0"],
    ["an element of an array", { authors: ["a", 7] }, "authors[1] must be a string, not 7"],
    ["a property of an object", { shelf: { room: 1 } }, "shelf.room must be a string, not 1"],
    ["a missing part", { shelf: {} }, "shelf.room is missing"],
    [
      "an element deep inside",
      { shelf: { room: "1", urls: ["http://a", "b"] } },
      'shelf.urls[1] must be a valid url, not the string "b"',
    ],
    [
      "a member of a record",
      { shelf: { room: "1", tags: { "a.b": 1 } } },
      'shelf.tags["a.b"] must be a string, not 1',
    ],
    [
      "an unknown property, with the likely one",
      { titel: "x" },
      "titel is no property of this resource; did you mean title?",
    ],
    [
      "an unknown property inside",
      { shelf: { room: "1", rom: 1 } },
      "shelf.rom is no property of shelf; did you mean room?",
    ],
    [
      "an unknown property of an element",
      { editions: [{ year: 1999 }, { year: 2019, yearr: 2 }] },
      "editions[1].yearr is no property of editions[1]; did you mean year?",
    ],
    [
      "a union",
      { size: "big" },
      'size must be a number, not the string "big", or must be an object, not the string "big"',
    ],
    ["a rule over several properties", { price: 50, pages: 3 }, "price is too much for 3 pages"],
  ])("names the place and the reason of %s", async (_, change, reason) => {
    expect(await faults({ ...good, ...change })).toEqual([reason]);
  });

  it("names all faults at once", async () => {
    expect(await faults({ isbn: 5, pages: -1, shelf: { room: 1 }, language: "fr" })).toHaveLength(5);
  });

  it.each([
    ["an unknown value", UNKNOWN],
    ["an unknown secret", secret(UNKNOWN)],
    ["an output without a value", output()],
  ])("skips %s", async (_, title) => {
    expect(await faults({ ...good, title })).toEqual([]);
  });

  it("checks what is known beside what is unknown", async () => {
    const shelf = { room: UNKNOWN, urls: ["nope", UNKNOWN], tags: { a: UNKNOWN, b: 1 } };
    expect(await faults({ ...good, shelf, authors: [UNKNOWN, 7] })).toEqual([
      "authors[1] must be a string, not 7",
      "shelf.tags.b must be a string, not 1",
      'shelf.urls[0] must be a valid url, not the string "nope"',
    ]);
  });

  it("leaves unknown values in their place", async () => {
    const inputs = { ...good, authors: ["a", UNKNOWN] };
    expect((await shop.client.check("shop:index:Book", inputs)).inputs.authors).toEqual(["a", UNKNOWN]);
  });

  it("runs a rule over several properties only when all of them are known", async () => {
    expect(await faults({ ...good, price: 50, pages: UNKNOWN })).toEqual([]);
  });

  it("runs no rule over properties that are wrong by themselves", async () => {
    expect(await faults({ ...good, price: "50", pages: 3 })).toEqual([
      'price must be a number, not the string "50"',
    ]);
  });

  it("reads an output's value", async () => {
    expect(await faults({ ...good, title: output(5) })).toEqual(["title must be a string, not 5"]);
  });
});

describe("a secret", () => {
  it("comes back as a secret when its property is one", async () => {
    expect((await shop.client.check("shop:index:Book", { ...good, note: "x" })).inputs.note).toEqual(
      secret("x"),
    );
  });

  it("comes back as a secret when it came as one", async () => {
    const inputs = { ...good, title: secret("quiet"), shelf: { room: output("back room", true) } };
    const checked = await shop.client.check("shop:index:Book", inputs);
    expect(checked.inputs).toMatchObject({ title: secret("quiet"), shelf: secret({ room: "back room" }) });
  });

  it.each([
    ["of a secret property", { note: ["the safe's combination"] }],
    ["that came as a secret", { price: secret("the safe's combination") }],
    ["inside a reason of the definition", { isbn: secret("the safe's combination") }],
  ])("%s is in no reason", async (_, change) => {
    const reasons = await faults({ ...good, ...change });
    expect(reasons).toHaveLength(1);
    expect(reasons.join()).not.toContain("combination");
  });
});

it("shows no number that is a secret", async () => {
  expect(await faults({ ...good, pages: secret(1.5) })).toEqual(["pages must be a whole number"]);
});

it("refuses a resource type that it does not have", async () => {
  await expect(shop.client.check("shop:index:Boat", {})).rejects.toThrow(
    "shop has no resource type shop:index:Boat",
  );
});

describe("a name that the program leaves out", () => {
  const name = async (given: Record<string, unknown>, olds?: Record<string, unknown>) =>
    (await shop.client.check("shop:index:Shelf", given, olds)).inputs.name;

  it("is the resource's with seven hexadecimal digits", async () => {
    expect(await name({})).toMatch(/^it-[0-9a-f]{7}$/);
  });

  it("is the one that the resource has", async () => {
    expect(await name({}, { name: "it-0123456", colour: "white" })).toBe("it-0123456");
  });

  it("is not made up where the program gives one", async () => {
    expect(await name({ name: "mine" }, { name: "it-0123456" })).toBe("mine");
  });
});
