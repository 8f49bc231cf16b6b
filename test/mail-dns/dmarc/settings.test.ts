import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildDmarc, parseDmarc } from "../../../components/mail-dns/dmarc/record";
import { isEnforcing, planDmarc } from "../../../components/mail-dns/dmarc/settings";

const policy = fc.constantFrom("none", "quarantine", "reject");

describe("a DMARC record", () => {
  it("asks for nothing but reports by default", () => {
    expect(planDmarc("example.com", { reportsTo: "dmarc@example.com" }, "dmarc")).toEqual({
      text: "v=DMARC1; p=none; rua=mailto:dmarc@example.com",
      faults: [],
      findings: [],
    });
  });

  it("carries every setting as RFC 9989 spells it", () => {
    const { text } = planDmarc(
      "example.com",
      {
        policy: "reject",
        subdomainPolicy: "quarantine",
        nonexistentSubdomainPolicy: "reject",
        dkimAlignment: "strict",
        spfAlignment: "strict",
        testing: true,
        reportsTo: ["a@example.com", "b@example.com"],
      },
      "dmarc",
    );
    expect(text).toBe(
      "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=s; t=y; rua=mailto:a@example.com,mailto:b@example.com",
    );
  });

  it("that was built is read back, and never has a historic tag", () => {
    fc.assert(
      fc.property(fc.record({ policy, subdomainPolicy: policy, testing: fc.boolean() }), (settings) => {
        const { text } = planDmarc("example.com", settings, "dmarc");
        expect(buildDmarc(parseDmarc(text))).toBe(text);
        const historic = parseDmarc(text).filter(([tag]) => ["pct", "rf", "ri"].includes(tag));
        expect(historic).toEqual([]);
      }),
    );
  });

  it.each([["p=none"], ["v=DMARC2; p=none"], [""], ["v=DMARC1; nonsense"]])("%j is refused", (text) => {
    expect(() => parseDmarc(text)).toThrow(SyntaxError);
  });

  it("escapes what would end the address inside the tag list", () => {
    const { text, faults } = planDmarc("example.com", { reportsTo: "a!b%c@example.com" }, "dmarc");
    expect(faults).toEqual([]);
    expect(text).toContain("rua=mailto:a%21b%25c@example.com");
  });

  it("refuses a report address with the obsolete size suffix, an unknown policy and a broken address at once", () => {
    const settings = { policy: "block" as "none", reportsTo: ["dmarc@example.com!10m", "nobody"] };
    expect(planDmarc("example.com", settings, "dmarc").faults.map(({ path }) => path)).toEqual([
      "dmarc.policy",
      "dmarc.reportsTo[0]",
      "dmarc.reportsTo[1]",
    ]);
  });

  it("says which record another domain has to publish before it gets reports", () => {
    const { findings } = planDmarc("example.com", { reportsTo: "x@reports.example.net" }, "dmarc");
    expect(findings[0]?.next).toContain("example.com._report._dmarc.reports.example.net");
  });

  it.each([
    [{}, false],
    [{ policy: "none" as const }, false],
    [{ policy: "quarantine" as const }, true],
    [{ subdomainPolicy: "reject" as const }, true],
  ])("%j enforces: %s", (settings, enforcing) => {
    expect(isEnforcing(settings)).toBe(enforcing);
  });
});
