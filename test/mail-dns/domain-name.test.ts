import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWithin, parseDomainName } from "../../components/mail-dns/domain-name";

describe("a domain name", () => {
  it.each([
    ["Example.COM", "example.com"],
    ["a-b.example.co.uk", "a-b.example.co.uk"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
  ])("%s is read as %s", (written, name) => {
    expect(parseDomainName(written, "domain")).toEqual({ name, faults: [] });
  });

  it("with other letters than ASCII is converted to A-labels, and the conversion is reported", () => {
    expect(parseDomainName("Bücher.example", "domain")).toEqual({
      name: "xn--bcher-kva.example",
      converted: { from: "Bücher.example", to: "xn--bcher-kva.example" },
      faults: [],
    });
  });

  it.each([
    ["", "is empty"],
    ["example..com", "has an empty label"],
    [".example.com", "has an empty label"],
    ["example.com.", "ends in a dot"],
    ["localhost", "has a single label"],
    ["my_domain.com", "underscore"],
    ["-a.example.com", "neither begins nor ends with a hyphen"],
    ["exa mple.com", "white space"],
    ["https://example.com", "not a bare domain name"],
    ["a@example.com", "not a bare domain name"],
    ["192.0.2.1", "is an IP address"],
    ["example.123", "digits only"],
    [`${"a".repeat(64)}.com`, "of 64 characters"],
    [`${"a.".repeat(130)}com`, "has 263 characters"],
    ["exa\u0000mple.com", "neither begins"],
  ])("%j is refused: %s", (written, reason) => {
    const { faults } = parseDomainName(written, "domain");
    expect(faults.map((fault) => `${fault.path} ${fault.reason}`).join("\n")).toContain(reason);
    expect(faults.every((fault) => fault.path === "domain" && fault.next.length > 0)).toBe(true);
  });

  it("that is accepted is accepted again unchanged, and never exceeds what DNS can carry", () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string(), fc.webUrl()), (written) => {
        const { name, faults } = parseDomainName(written, "domain");
        if (faults.length === 0) {
          expect(parseDomainName(name, "domain")).toEqual({ name, faults: [] });
          expect(name.length).toBeLessThanOrEqual(253);
          expect(name).toMatch(/^[a-z0-9.-]+$/);
        }
      }),
    );
  });

  it("lies within itself and its parents, and not within a name that only ends alike", () => {
    expect(isWithin("example.com", "example.com")).toBe(true);
    expect(isWithin("em.example.com", "example.com")).toBe(true);
    expect(isWithin("notexample.com", "example.com")).toBe(false);
  });
});
