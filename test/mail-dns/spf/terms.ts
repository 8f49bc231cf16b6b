import fc from "fast-check";
import type {
  SpfDirective,
  SpfModifier,
  SpfQualifier,
  SpfTerm,
} from "../../../components/mail-dns/spf/terms";

const qualifier = fc.constantFrom<SpfQualifier>("+", "?", "~", "-");
const host = fc.domain({ size: "small" });
const domainSpec = fc.oneof(
  { weight: 4, arbitrary: host },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "%{i}._spf.%{d2}",
      "%{l1r+-}.example.com",
      "%{D}",
      "a/24%%%_%-.example.com.",
      "%{h}",
    ),
  },
);
const prefix = (longest: number) => fc.option(fc.nat({ max: longest }), { nil: undefined });

/** The object without what is undefined, as the parser gives it. */
function compact<T extends object>(value: T): T {
  const copy = { ...value };
  for (const key of Object.keys(copy) as (keyof T)[]) {
    if (copy[key] === undefined) {
      delete copy[key];
    }
  }
  return copy;
}

/** Directives of all kinds but for `all`, in the form that the parser gives. */
export const directive: fc.Arbitrary<SpfDirective> = fc.oneof(
  fc.record({
    qualifier,
    mechanism: fc.constantFrom("include" as const, "exists" as const),
    domain: domainSpec,
  }),
  fc
    .record({
      qualifier,
      mechanism: fc.constant("ptr" as const),
      domain: fc.option(domainSpec, { nil: undefined }),
    })
    .map(compact),
  fc
    .record({
      qualifier,
      mechanism: fc.constantFrom("a" as const, "mx" as const),
      domain: fc.option(domainSpec, { nil: undefined }),
      prefix4: prefix(32),
      prefix6: prefix(128),
    })
    .map(compact),
  fc
    .record({ qualifier, mechanism: fc.constant("ip4" as const), network: fc.ipV4(), prefix: prefix(32) })
    .map(compact),
  fc
    .record({ qualifier, mechanism: fc.constant("ip6" as const), network: fc.ipV6(), prefix: prefix(128) })
    .map(compact),
);

export const all: fc.Arbitrary<SpfDirective> = fc.record({
  qualifier,
  mechanism: fc.constant("all" as const),
});

const modifiers: fc.Arbitrary<SpfModifier[]> = fc
  .record(
    { redirect: domainSpec, exp: domainSpec, "x-note.1": fc.constantFrom("", "a:b/c=d", "%{d}") },
    { requiredKeys: [] },
  )
  .map((found) => Object.entries(found).map(([modifier, value]) => ({ modifier, value })));

/** Whole records: any directives in any order, each modifier at most once. */
export const record: fc.Arbitrary<SpfTerm[]> = fc
  .tuple(fc.array(fc.oneof({ weight: 6, arbitrary: directive }, { weight: 1, arbitrary: all })), modifiers)
  .chain(([directives, found]) =>
    fc.shuffledSubarray([...directives, ...found], { minLength: directives.length + found.length }),
  );
