import fc from "fast-check";
import { z } from "zod";
import type { Definition } from "../../conformance/life-cycle";
import { exampleWithStandIns } from "../../conformance/stand-ins";
import { bare, memberOf, membersOf } from "../../providers/kit/property";

/** Texts that look like something, whole or broken, and the limits of length. */
const TEXTS = [
  "",
  " ",
  "a",
  "0",
  "-1",
  "example.com",
  "EXAMPLE.com.",
  "-bad-.example",
  "bücher.example",
  "someone@example.com",
  "some one@example.com",
  "@example.com",
  "https://example.com/hook",
  "http://user:password@example.com/?a=b#c",
  "ftp://example.com",
  "192.0.2.1",
  "192.0.2.256",
  "2001:db8::1",
  "2026-01-31",
  "2026-13-01",
  "<p>hello {{name}}</p>",
  "[unsubscribe]",
  "null\u0000byte",
  "line\r\nbreak",
  "😀",
  "__proto__",
];
const LENGTHS = [29, 30, 31, 63, 64, 65, 99, 100, 101, 253, 254, 255, 256, 1000, 5000];

const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.constantFrom(...LENGTHS).map((length) => "x".repeat(length)),
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 20, unit: "grapheme" }),
);
const number = fc.oneof(fc.constantFrom(-1, 0, 1, 0.5, 100, 1e9), fc.integer(), fc.double({ noNaN: true }));
const anything = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant([]),
  fc.constant({}),
  fc.array(text, { maxLength: 3 }),
);

/**
 * Inputs of a resource that are often right: an example with some properties changed, by values of the right kind
 * mostly, and with some left out or added.
 */
export function anyInputs(definition: Definition): fc.Arbitrary<Record<string, unknown>> {
  const examples = (definition.examples ?? []).map((_, index) => exampleWithStandIns(definition, index));
  const changes = membersOf(definition.inputs).map(([name, schema]) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        { weight: 8, arbitrary: anyOf(schema) },
        { weight: 1, arbitrary: anything },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
    ),
  );
  const stranger = fc.tuple(fc.constant("stranger"), anything);
  return fc
    .tuple(
      fc.constantFrom(...examples),
      fc.array(
        fc.oneof({ weight: 30, arbitrary: fc.oneof(...changes) }, { weight: 1, arbitrary: stranger }),
        {
          maxLength: 4,
        },
      ),
    )
    .map(([example, changed]) => {
      const inputs = { ...example, ...Object.fromEntries(changed) };
      return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
    });
}

/** Values of the kind that a schema takes, whatever its limits. */
function anyOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const shape = bare(schema);
  if (shape instanceof z.ZodBoolean) return fc.boolean();
  if (shape instanceof z.ZodNumber) return number;
  if (shape instanceof z.ZodEnum) return fc.oneof(fc.constantFrom(...shape.options), text);
  if (shape instanceof z.ZodLiteral) return fc.constantFrom(...shape.values);
  if (shape instanceof z.ZodArray) {
    const member = memberOf(shape, "0");
    return fc.array(member === undefined ? anything : anyOf(member), { maxLength: 5 });
  }
  if (shape instanceof z.ZodRecord)
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), text, { maxKeys: 3 });
  if (shape instanceof z.ZodObject)
    return fc.record(Object.fromEntries(membersOf(shape).map(([name, member]) => [name, anyOf(member)])), {
      requiredKeys: [],
    });
  if (shape instanceof z.ZodUnion) {
    const options = shape.options.filter((option): option is z.ZodType => option instanceof z.ZodType);
    return fc.oneof(...options.map(anyOf));
  }
  return text;
}
