import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildSpf, isSpf, lookupTerms, parseSpf } from "../../../components/mail-dns/spf/record";
import { record } from "./terms";

describe("an SPF record", () => {
  it("that was built is read back as the same terms, and built again as the same text", () => {
    fc.assert(
      fc.property(record, (terms) => {
        const text = buildSpf(terms);
        expect(parseSpf(text)).toEqual(terms);
        expect(buildSpf(parseSpf(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it("is read in any case, with any number of spaces between terms", () => {
    expect(parseSpf("V=SPF1  +MX/24//64   Include:A.example  Redirect=b.example ")).toEqual([
      { qualifier: "+", mechanism: "mx", prefix4: 24, prefix6: 64 },
      { qualifier: "+", mechanism: "include", domain: "A.example" },
      { modifier: "redirect", value: "b.example" },
    ]);
  });

  it.each([
    ["v=spf2 -all", 'starts with "v=spf1"'],
    ["", 'starts with "v=spf1"'],
    ["v=spf10 -all", 'starts with "v=spf1"'],
    ["v=spf1 include -all", '"include" needs a value'],
    ["v=spf1 all:example.com", "all takes no value"],
    ["v=spf1 bogus -all", '"bogus" is neither'],
    ["v=spf1 redirect:a.example", "has a colon where a modifier has an equals sign"],
    ["v=spf1 a:192.0.2.1", "addresses go into ip4: and ip6:"],
    ["v=spf1 a:2001:db8::1", "addresses go into ip4: and ip6:"],
    ["v=spf1 a:museum", "the domain has a single label"],
    ["v=spf1 a:example.com:8080", "does not end in a valid top-level label"],
    ["v=spf1 exists:%{z}.example.com", "a % that begins no macro"],
    ["v=spf1 exists:%{d0}.example.com", "a % that begins no macro"],
    ["v=spf1 exp=%{r}.example.com", "a % that begins no macro"],
    ["v=spf1 include:\u00e9.example.com", "not printable ASCII"],
    ["v=spf1 mx/33", "CIDR length over 32"],
    ["v=spf1 mx//129", "CIDR length over 32 (IPv4) or 128"],
    ["v=spf1 mx/024", "a CIDR length that is no number"],
    ["v=spf1 ip4:192.0.2.0/33", "has no IPv4 address or CIDR range"],
    ["v=spf1 ip4:192.0.2", "has no IPv4 address or CIDR range"],
    ["v=spf1 ip6:fe80::1%eth0", "has no IPv6 address or CIDR range"],
    ["v=spf1 note=%z", "has a value that is no macro-string"],
    ["v=spf1 exp=a.example exp=b.example", '"exp=" stands more than once'],
    ["v=spf1 redirect=a.example REDIRECT=a.example", '"redirect=" stands more than once'],
  ])("%j is refused: %s", (text, reason) => {
    expect(() => parseSpf(text)).toThrow(SyntaxError);
    expect(() => parseSpf(text)).toThrow(reason);
  });

  it("with several faults is refused with all of them", () => {
    expect(() => parseSpf("v=spf1 bogus mx/33 -all moo")).toThrow(/"bogus" .*; "mx\/33" .*; "moo" /);
  });

  it("is told from other TXT records by its first word", () => {
    expect(["v=spf1", "v=spf1 -all", "V=SPF1 moo"].filter(isSpf)).toHaveLength(3);
    expect(["v=spf10", "v=spf1-all", " v=spf1", "spf2.0/mfrom"].filter(isSpf)).toEqual([]);
  });

  it("spends a lookup on include, a, mx, ptr, exists and redirect, and none on addresses", () => {
    const terms = parseSpf(
      "v=spf1 a mx ptr ip4:192.0.2.1 include:a.example.com exists:b.example.com -all redirect=c.example.com exp=d.example.com",
    );
    expect(lookupTerms(terms)).toHaveLength(6);
  });
});
