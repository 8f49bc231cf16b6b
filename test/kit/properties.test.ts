import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { UNKNOWN } from "../../providers/kit";
import { check } from "../../providers/kit/check";
import { diff } from "../../providers/kit/diff";
import { formatPath, pathIsUnder } from "../../providers/kit/path";
import { decode, encode } from "../../providers/kit/wire";

const schema = z.object({
  name: z.string().min(2),
  count: z.int().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  nested: z.object({ flag: z.boolean(), list: z.array(z.number()) }).optional(),
});
const key = fc.string().filter((text) => text !== "__proto__");
const valid = fc.record(
  {
    name: fc.string({ minLength: 2 }),
    count: fc.integer(),
    tags: fc.dictionary(key, fc.string()),
    nested: fc.record({
      flag: fc.boolean(),
      list: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
    }),
  },
  { requiredKeys: ["name"] },
);

/** The same value with some of its parts unknown. */
const withUnknowns = <Value>(value: Value): fc.Arbitrary<unknown> =>
  fc.infiniteStream(fc.integer({ min: 0, max: 3 })).map((choices) => {
    const hide = (part: unknown, depth: number): unknown => {
      if (depth > 0 && choices.next().value === 0) return UNKNOWN;
      if (Array.isArray(part)) return part.map((item) => hide(item, depth + 1));
      if (typeof part !== "object" || part === null) return part;
      return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, hide(item, depth + 1)]));
    };
    return hide(value, 0);
  });
const asRecord = (value: unknown) => z.record(z.string(), z.unknown()).parse(value);

describe("for any inputs", () => {
  it("that are valid, hiding a part makes no fault and changes nothing", () => {
    const partly = valid.chain(withUnknowns).map(asRecord);
    fc.assert(
      fc.property(partly, (inputs) => {
        const { faults, values } = check(schema, inputs);
        expect(faults).toEqual([]);
        expect(diff(schema, inputs, values).filter(({ kind }) => kind !== "update")).toEqual([]);
      }),
    );
  });

  it("a diff with themselves is empty", () => {
    fc.assert(
      fc.property(valid, (inputs) => {
        expect(diff(schema, inputs, structuredClone(inputs))).toEqual([]);
      }),
    );
  });

  it("a diff is empty only for equal ones", () => {
    fc.assert(
      fc.property(valid, valid, (before, after) => {
        if (diff(schema, before, after).length === 0) expect(after).toEqual(before);
      }),
    );
  });

  it("the wire brings back what was put on it", () => {
    const partly = valid.chain(withUnknowns).map(asRecord);
    fc.assert(
      fc.property(partly, fc.subarray(["name", "count", "tags", "nested"]), (values, names) => {
        const secrets = new Set(names.filter((name) => name in values));
        expect(decode(encode({ values, secrets }))).toEqual({ values, secrets });
      }),
    );
  });
});

it("a path names itself and what is under it", () => {
  const step = fc.oneof(
    fc.nat(9),
    fc.string({ minLength: 1 }).filter((text) => text !== "*"),
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(step), fc.array(step), (first, path, rest) => {
      const pattern = formatPath([first, ...path]);
      expect(pathIsUnder([first, ...path, ...rest], pattern)).toBe(true);
    }),
  );
});
