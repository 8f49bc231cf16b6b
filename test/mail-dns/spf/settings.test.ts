import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildSpf, lookupTerms, parseSpf, type SpfTerm } from "../../../components/mail-dns/spf/record";
import { planSpf } from "../../../components/mail-dns/spf/settings";

const qualifier = fc.constantFrom("+", "?", "~", "-");
const name = fc.domain();
const directive = fc.oneof(
  fc.record({ qualifier, mechanism: fc.constant("all"), argument: fc.constant("") }),
  fc.record({
    qualifier,
    mechanism: fc.constantFrom("include", "exists"),
    argument: name.map((domain) => `:${domain}`),
  }),
  fc.record({
    qualifier,
    mechanism: fc.constantFrom("a", "mx", "ptr"),
    argument: fc.oneof(
      fc.constant(""),
      name.map((domain) => `:${domain}`),
    ),
  }),
  fc.record({ qualifier, mechanism: fc.constant("ip4"), argument: fc.ipV4().map((ip) => `:${ip}/24`) }),
  fc.record({ qualifier, mechanism: fc.constant("ip6"), argument: fc.ipV6().map((ip) => `:${ip}`) }),
);
const terms = fc.array(fc.oneof(directive, fc.record({ modifier: fc.constant("redirect"), value: name })));

describe("an SPF record", () => {
  it("that was built is read back as the same terms", () => {
    fc.assert(
      fc.property(terms, (built) => {
        expect(parseSpf(buildSpf(built as SpfTerm[]))).toEqual(built);
      }),
    );
  });

  it.each([
    ["v=spf2 -all", 'starts with "v=spf1"'],
    ["", 'starts with "v=spf1"'],
    ["v=spf1 include -all", '"include" needs a value'],
    ["v=spf1 all:example.com", "all takes no value"],
    ["v=spf1 bogus -all", '"bogus" is neither'],
  ])("%j is refused: %s", (text, reason) => {
    expect(() => parseSpf(text)).toThrow(reason);
  });

  it("spends a lookup on include, a, mx, ptr, exists and redirect, and none on addresses", () => {
    const record = parseSpf(
      "v=spf1 a mx ptr ip4:192.0.2.1 include:a.example exists:b.example -all redirect=c.example",
    );
    expect(lookupTerms(record)).toHaveLength(6);
  });

  it("is written from includes and addresses, soft failing everybody else", () => {
    const { text, faults } = planSpf(
      { include: ["_spf.google.com"], addresses: ["192.0.2.0/24", "2001:db8::1"] },
      "spf",
    );
    expect(text).toBe("v=spf1 include:_spf.google.com ip4:192.0.2.0/24 ip6:2001:db8::1 ~all");
    expect(faults).toEqual([]);
  });

  it("with more includes than receivers follow is refused", () => {
    const include = Array.from({ length: 11 }, (_, index) => `spf${index}.example.net`);
    expect(planSpf({ include }, "spf").faults).toMatchObject([
      { path: "spf.include", reason: expect.stringContaining("needs 11 DNS lookups") },
    ]);
  });

  it("reports every bad part at once, by its path", () => {
    const { faults } = planSpf(
      { include: ["ok.example.net", "a b"], addresses: ["300.1.1.1", "10.0.0.0/99"] },
      "spf",
    );
    expect(faults.map(({ path }) => path)).toEqual([
      "spf.include[1]",
      "spf.addresses[0]",
      "spf.addresses[1]",
    ]);
  });
});
