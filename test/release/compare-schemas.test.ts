import { describe, expect, it } from "vitest";
import { compareSchemas } from "../../release/api/compare-schemas";

interface Parts {
  inputs?: object;
  requiredInputs?: string[];
  outputs?: object;
  required?: string[];
  type?: object;
  config?: object;
  functions?: object;
}

/** A schema with one resource and one type, which an output has. */
const schema = ({ inputs, requiredInputs, outputs, required, type, config, functions }: Parts = {}) => ({
  config: { variables: { key: { type: "string" }, ...config } },
  types: { "p:index:T": { properties: { t: { type: "string" } }, required: ["t"], ...type } },
  resources: {
    "p:index:R": {
      inputProperties: { name: { type: "string", description: "A name." }, ...inputs },
      requiredInputs: ["name", ...(requiredInputs ?? [])],
      properties: { out: { $ref: "#/types/p:index:T" }, ...outputs },
      required: required ?? ["out"],
    },
  },
  functions: { "p:index:get": { inputs: { properties: {} }, outputs: { properties: {} } }, ...functions },
});

function changes(before: unknown, after: unknown): string[] {
  return compareSchemas("p.schema.json", before, after).map(
    ({ weight, path, what }) => `${weight} ${path}: ${what}`,
  );
}

const size = { type: "integer" };

describe("the comparison of schemas", () => {
  it.each<[what: string, before: Parts, after: Parts, expected: string[]]>([
    ["an input that may be given", {}, { inputs: { size } }, ["feature p:index:R.size: added"]],
    [
      "an input that has to be given",
      {},
      { inputs: { size }, requiredInputs: ["size"] },
      ["breaking p:index:R.size: added, and required"],
    ],
    [
      "an input that is required now",
      { inputs: { size } },
      { inputs: { size }, requiredInputs: ["size"] },
      ["breaking p:index:R.size: is required now"],
    ],
    ["an input that is gone", { inputs: { size } }, {}, ["breaking p:index:R.size: removed"]],
    [
      "an input of another type",
      { inputs: { size } },
      { inputs: { size: { type: "string" } } },
      ["breaking p:index:R.size: has another type"],
    ],
    [
      "an input that replaces now",
      { inputs: { size } },
      { inputs: { size: { ...size, willReplaceOnChanges: true } } },
      ["breaking p:index:R.size: replaces now when it changes"],
    ],
    [
      "an input that takes no output any more",
      { inputs: { size } },
      { inputs: { size: { ...size, plain: true } } },
      ["breaking p:index:R.size: takes no output now"],
    ],
    [
      "a result that is no secret any more",
      { outputs: { size: { ...size, secret: true } } },
      { outputs: { size } },
      ["breaking p:index:R.size: is secret no more"],
    ],
    [
      "a result that can be absent",
      {},
      { required: [] },
      ["breaking p:index:R.out: can be absent from the results now"],
    ],
    [
      "a property that can be left out, of a type that results have",
      {},
      { type: { required: [] } },
      [
        "breaking p:index:T.t: can be absent from the results now",
        "feature p:index:T.t: can be left out now",
      ],
    ],
    [
      "a value less of an enumeration",
      { type: { enum: [{ value: "a" }, { value: "b" }] } },
      { type: { enum: [{ value: "a" }, { value: "c" }] } },
      ['breaking p:index:T: can no longer be "b"', 'feature p:index:T: can be "c" too'],
    ],
    [
      "a setting of the provider",
      {},
      { config: { region: { type: "string" } } },
      ["feature config.region: added"],
    ],
    [
      "a function that is new",
      {},
      { functions: { "p:index:more": { inputs: {}, outputs: {} } } },
      ["feature p:index:more: added"],
    ],
  ])("tells %s", (_, before, after, expected) => {
    expect(changes(schema(before), schema(after)).toSorted()).toEqual(expected.toSorted());
  });

  it("tells a resource that is gone", () => {
    expect(changes(schema(), { ...schema(), resources: {} })).toEqual(["breaking p:index:R: removed"]);
  });

  it("finds nothing where only a description differs", () => {
    expect(
      changes(schema(), schema({ inputs: { name: { type: "string", description: "Other words." } } })),
    ).toEqual([]);
  });

  it("reads the schema of a component package, which has no settings and no functions", () => {
    const { config, functions, ...components } = schema();
    expect(changes(components, schema({ inputs: { size } }))).toEqual([
      "feature config.key: added",
      "feature p:index:R.size: added",
      "feature p:index:get: added",
    ]);
  });
});
