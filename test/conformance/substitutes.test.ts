import { describe, expect, it } from "vitest";
import type { ProviderSchema } from "../../conformance/provider-schema";
import { compareSubstitute } from "../../conformance/substitutes";
import { checkInputs } from "../../conformance/values";
import { bookIn, realShop, substituteShop } from "./shop";

type Seed = (shop: ProviderSchema) => void;

/** The places of the violations that are found when the real provider is as the test says. */
function found(seed: Seed, installed = "1.2.3"): string[] {
  const real = realShop();
  seed(real);
  return compareSubstitute(substituteShop, real, installed).violations.map(({ where }) => where);
}

describe("the comparison of a substitute with the real provider", () => {
  it("finds nothing where both agree, and a substitute that has less", () => {
    expect(compareSubstitute(substituteShop, realShop(), "1.2.3")).toEqual({
      package: "@example/shop",
      version: "1.2.3",
      resources: 1,
      functions: 1,
      properties: 12,
      violations: [],
      withoutReplaceRules: [],
    });
  });

  it.each<[string, Seed, string]>([
    ["a resource that is not there", (real) => delete real.resources["shop:index:Book"], "shop:index:Book"],
    [
      "a function that is not there",
      (real) => delete real.functions["shop:index:getBook"],
      "shop:index:getBook",
    ],
    [
      "an input that is not there",
      (real) => delete bookIn(real).inputs.pages,
      "shop:index:Book inputs.pages",
    ],
    [
      "an output that is not there",
      (real) => delete bookIn(real).outputs.isbn,
      "shop:index:Book outputs.isbn",
    ],
    [
      "an input that is no output",
      (real) => delete bookIn(real).outputs.binding,
      "shop:index:Book inputs.binding",
    ],
    [
      "another type",
      (real) => Object.assign(bookIn(real).inputs, { pages: { type: "string" } }),
      "shop:index:Book inputs.pages",
    ],
    [
      "another type of an array's items",
      (real) =>
        Object.assign(bookIn(real).outputs, { authors: { type: "array", items: { type: "integer" } } }),
      "shop:index:Book outputs.authors[]",
    ],
    [
      "an array where it has one value",
      (real) => Object.assign(bookIn(real).inputs, { text: { type: "array", items: { type: "string" } } }),
      "shop:index:Book inputs.text",
    ],
    [
      "a map where it has an object",
      (real) => Object.assign(bookIn(real).inputs, { labels: { ref: "input:Cover" } }),
      "shop:index:Book inputs.labels",
    ],
    [
      "a value that it does not take",
      (real) => Object.assign(bookIn(real).inputs, { binding: { type: "string", enum: ["soft"] } }),
      "shop:index:Book inputs.binding",
    ],
    [
      "a nested property that is not there",
      (real) => delete real.types["input:Cover"]?.properties.gloss,
      "shop:index:Book inputs.cover.gloss",
    ],
    [
      "a nested property that it requires",
      (real) => real.types["input:Cover"]?.required.push("gloss"),
      "shop:index:Book inputs.cover.gloss",
    ],
    [
      "an input that it requires",
      (real) => bookIn(real).requiredInputs.push("binding"),
      "shop:index:Book inputs.binding",
    ],
    [
      "a required input that the substitute lacks",
      (real) => bookIn(real).requiredInputs.push("weight"),
      "shop:index:Book inputs.weight",
    ],
    [
      "an output that it may leave out",
      (real) => Object.assign(bookIn(real), { alwaysPresentOutputs: ["isbn"] }),
      "shop:index:Book outputs.authors",
    ],
    [
      "a secret that the substitute shows",
      (real) => bookIn(real).secretInputs.push("text"),
      "shop:index:Book inputs.text",
    ],
    [
      "no secret where the substitute has one",
      (real) => Object.assign(bookIn(real), { secretInputs: [] }),
      "shop:index:Book inputs.password",
    ],
    [
      "another default",
      (real) => Object.assign(bookIn(real).replace ?? {}, { tfDefaults: { pages: 200 } }),
      "shop:index:Book inputs.pages",
    ],
    [
      "a replacement that the substitute does not make",
      (real) => bookIn(real).replace?.forceNew.push("binding"),
      "shop:index:Book inputs.binding (replace)",
    ],
    [
      "a change in place that replaces at the substitute",
      (real) => Object.assign(bookIn(real).replace ?? {}, { forceNew: [] }),
      "shop:index:Book inputs.title (replace)",
    ],
    [
      "no condition for a replacement that has one",
      (real) => Object.assign(bookIn(real).replace ?? {}, { conditional: {} }),
      "shop:index:Book inputs.text (replace)",
    ],
    [
      "a condition that the substitute lacks",
      (real) => Object.assign(bookIn(real).replace?.conditional ?? {}, { binding: "when it is soft" }),
      "shop:index:Book inputs.binding (replace)",
    ],
    [
      "a nested replacement that the substitute does not make",
      (real) => bookIn(real).replace?.nestedForceNew.cover?.push("gloss"),
      "shop:index:Book inputs.cover (replace).gloss",
    ],
    ["another version", (real) => Object.assign(real, { version: "1.2.4" }), "@example/shop version"],
  ])("finds that the real provider has %s", (_what, seed, where) => {
    expect(found(seed)).toContain(where);
  });

  it("names a resource of which nobody knows what replaces it, and compares the rest", () => {
    const real = realShop();
    delete bookIn(real).replace;
    bookIn(real).requiredInputs.push("isbn");
    expect(compareSubstitute(substituteShop, real, "1.2.3")).toMatchObject({
      withoutReplaceRules: ["shop:index:Book"],
      violations: [{ where: "shop:index:Book inputs.isbn" }],
    });
  });

  it("finds that the SDK in use is of another version", () => {
    expect(found(() => {}, "1.3.0")).toEqual(["@example/shop version"]);
  });
});

describe("the check of a program's inputs", () => {
  const good = { title: "A", pages: 3, cover: { color: "red" }, labels: { shelf: "1" }, binding: "none" };

  it("passes what the real provider takes, unknown values and secrets too", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    expect(checkInputs("shop:index:Book", good, realShop())).toEqual([]);
    expect(
      checkInputs("shop:index:Book", { title: unknown, password: secret, __defaults: [] }, realShop()),
    ).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["an unknown property", { ...good, tilte: "A" }, "shop:index:Book inputs.tilte"],
    ["a missing property", { pages: 3 }, "shop:index:Book inputs.title"],
    ["a wrong type", { ...good, pages: "3" }, "shop:index:Book inputs.pages"],
    ["a wrong value", { ...good, binding: "glue" }, "shop:index:Book inputs.binding"],
    [
      "an unknown nested property",
      { ...good, cover: { color: "red", size: 1 } },
      "shop:index:Book inputs.cover.size",
    ],
    ["a missing nested property", { ...good, cover: {} }, "shop:index:Book inputs.cover.color"],
    ["a wrong value in a map", { ...good, labels: { shelf: 1 } }, "shop:index:Book inputs.labels.shelf"],
    ["no object", { ...good, cover: "red" }, "shop:index:Book inputs.cover"],
  ])("finds %s", (_what, inputs, where) => {
    expect(checkInputs("shop:index:Book", inputs, realShop()).map((violation) => violation.where)).toEqual([
      where,
    ]);
  });

  it("finds a resource that the real provider does not have", () => {
    expect(checkInputs("shop:index:Shelf", {}, realShop())).toMatchObject([{ where: "shop:index:Shelf" }]);
  });
});
