import { describe, expect, it } from "vitest";
import { parseSpf } from "../../../components/mail-dns/spf/record";
import { planSpf } from "../../../components/mail-dns/spf/settings";

describe("SPF settings", () => {
  it("become a record of includes and addresses that soft fails everybody else", () => {
    const { text, faults, findings } = planSpf(
      { include: ["_spf.google.com"], addresses: ["192.0.2.0/24", "2001:db8::1"] },
      "spf",
    );
    expect(text).toBe("v=spf1 include:_spf.google.com ip4:192.0.2.0/24 ip6:2001:db8::1 ~all");
    expect(faults).toEqual([]);
    // Both ranges are for documentation, which receivers never see.
    expect(findings.map(({ path, severity }) => [path, severity])).toEqual([
      ["spf", "warning"],
      ["spf", "warning"],
    ]);
  });

  it("name the domain's own hosts and exchangers, or those of others", () => {
    expect(planSpf({ a: true, mx: true, all: "fail" }, "spf").text).toBe("v=spf1 a mx -all");
    expect(planSpf({ a: ["Mail.Example.com"], mx: ["example.net"] }, "spf").text).toBe(
      "v=spf1 a:mail.example.com mx:example.net ~all",
    );
  });

  it("leave everybody else to another record with redirect", () => {
    const { text, faults, findings } = planSpf({ redirect: "_spf.example.net" }, "spf");
    expect(text).toBe("v=spf1 redirect=_spf.example.net");
    expect([faults, findings]).toEqual([[], []]);
  });

  it("with internationalized names are written in A-labels", () => {
    expect(planSpf({ include: ["_spf.bücher.example"] }, "spf").text).toBe(
      "v=spf1 include:_spf.xn--bcher-kva.example ~all",
    );
  });

  it("are added to the record that is published", () => {
    const { text, faults, findings } = planSpf(
      { include: ["sendgrid.net"], existing: "v=spf1 include:_spf.google.com -all", all: "softfail" },
      "spf",
    );
    expect(text).toBe("v=spf1 include:_spf.google.com include:sendgrid.net -all");
    expect(faults).toEqual([]);
    expect(findings.map(({ path, message }) => [path, message])).toEqual([
      ["spf.existing", expect.stringContaining('"-all" of the existing record')],
      ["spf.existing", expect.stringContaining("lookups 1 → 2 of 10")],
    ]);
  });

  it("say nothing about a kept default that they do not ask to change", () => {
    const { findings } = planSpf(
      { existing: "v=spf1 include:sendgrid.net -all", include: ["sendgrid.net"] },
      "spf",
    );
    expect(findings).toEqual([]);
  });

  it.each([
    ["v=spf1 bogus -all", '"bogus" is neither an SPF mechanism', "Correct the record first"],
    ['"v=spf1 -all"', 'starts with "v=spf1"', "Give the text alone, without quotes"],
    ["", 'starts with "v=spf1"', "Correct the record first"],
  ])("with the published record %j are refused", (existing, reason, next) => {
    expect(planSpf({ existing }, "spf").faults).toEqual([
      {
        path: "spf.existing",
        value: existing,
        reason: expect.stringContaining(reason),
        next: expect.stringContaining(next),
      },
    ]);
  });

  it("with more includes than receivers follow are refused", () => {
    const include = Array.from({ length: 11 }, (_, index) => `spf${index}.example.net`);
    expect(planSpf({ include }, "spf").faults).toMatchObject([
      { path: "spf.include", reason: expect.stringContaining("needs 11 DNS lookups") },
    ]);
  });

  it("that bring a published record over ten lookups are refused once", () => {
    const existing = `v=spf1 ${Array.from({ length: 9 }, (_, index) => `include:s${index}.example.com`).join(" ")} -all`;
    expect(planSpf({ existing, a: true, mx: true }, "spf").faults).toMatchObject([
      { path: "spf.existing", reason: expect.stringContaining("with the settings 11") },
    ]);
  });

  it("report every bad part at once, by its path", () => {
    const { faults } = planSpf(
      {
        include: ["ok.example.net", "a b", "museum"],
        addresses: ["300.1.1.1", "10.0.0.0/99", "10.0.0.0/024", "fe80::1%eth0"],
        a: ["192.0.2.1"],
        mx: ["..example.com"],
        redirect: "-x.example.com",
        all: "fail",
      },
      "spf",
    );
    expect(faults.map(({ path }) => path)).toEqual([
      "spf.a[0]",
      "spf.mx[0]",
      "spf.include[1]",
      "spf.include[2]",
      "spf.addresses[0]",
      "spf.addresses[1]",
      "spf.addresses[2]",
      "spf.addresses[3]",
      "spf.redirect",
      "spf.redirect",
    ]);
  });

  it("that are accepted give a record that parses", () => {
    const { text, faults } = planSpf(
      { a: ["x_.y.example.com"], include: ["_a._b.example.com"], addresses: ["::/0", "0.0.0.0/0"] },
      "spf",
    );
    expect(faults).toEqual([]);
    expect(parseSpf(text)).toHaveLength(5);
  });
});
