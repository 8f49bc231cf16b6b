import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAuthenticationResults } from "../../cli/doctor/message/authentication-results";

const read = (value: string) => {
  const { authservId, results } = parseAuthenticationResults(value);
  return {
    authservId,
    results: results.map((each) => ({ ...each, properties: Object.fromEntries(each.properties) })),
  };
};

// The examples of RFC 8601, appendix B.
describe("an Authentication-Results field", () => {
  it("without results has a host only", () => {
    expect(read("example.org 1; none")).toEqual({ authservId: "example.org", results: [] });
  });

  it("has a result with its property", () => {
    expect(read("example.com; spf=pass smtp.mailfrom=example.net")).toEqual({
      authservId: "example.com",
      results: [
        { method: "spf", result: "pass", reason: "", properties: { "smtp.mailfrom": "example.net" } },
      ],
    });
  });

  it("has several, with comments that may be anywhere", () => {
    const value =
      "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462";
    expect(read(value).authservId).toBe("foo.example.net");
  });

  it("has a reason in quotes, with what would be syntax outside", () => {
    const value = 'mx; dkim=fail reason="bad; (really) \\"bad\\"" header.d=example.com';
    expect(read(value).results).toEqual([
      {
        method: "dkim",
        result: "fail",
        reason: 'bad; (really) "bad"',
        properties: { "header.d": "example.com" },
      },
    ]);
  });

  it("does not take what stands in a comment for a result", () => {
    expect(read("mx; spf=fail (x; dkim=pass (dmarc=pass)) smtp.mailfrom=a.example").results).toMatchObject([
      { method: "spf", result: "fail", properties: { "smtp.mailfrom": "a.example" } },
    ]);
  });

  it("may be any text, and is read to its end", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab=;()"\\ ./1\t'), maxLength: 60 }), (text) => {
        expect(parseAuthenticationResults(text).results.every(({ method }) => method !== "")).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
