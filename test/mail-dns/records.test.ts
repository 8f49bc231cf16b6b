import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dkimFaults, dkimName, dkimText } from "../../components/mail-dns/dkim/record";
import { parseMailAddress } from "../../components/mail-dns/mail-address";
import { planMailDns } from "../../components/mail-dns/plan";
import { excludeEachOther } from "../../components/mail-dns/record";
import { quotedTxt, txtStrings, unquotedTxt } from "../../components/mail-dns/txt";

describe("a TXT record", () => {
  it("is split into strings of at most 255 octets that join to the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 2000 }), (text) => {
        const strings = txtStrings(text);
        expect(strings.join("")).toBe(text);
        expect(Math.max(...strings.map((part) => part.length))).toBeLessThanOrEqual(255);
      }),
    );
  });

  it("comes back from its zone file form as it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 600 }), (text) => {
        expect(unquotedTxt(quotedTxt(text))).toBe(text);
      }),
    );
    expect(unquotedTxt("v=spf1 -all")).toBe("v=spf1 -all");
    expect(unquotedTxt('"a\\059b"')).toBe("a;b");
  });

  it("is quoted as a zone file has it", () => {
    expect(quotedTxt("v=spf1 -all")).toBe('"v=spf1 -all"');
    expect(quotedTxt('a"b\\c')).toBe('"a\\"b\\\\c"');
    expect(quotedTxt("x".repeat(300))).toBe(`"${"x".repeat(255)}" "${"x".repeat(45)}"`);
  });
});

describe("two records at one name", () => {
  const slot = (type: string, text?: string, name = "example.com") => ({ name, type, text });

  it.each([
    ["a CNAME and anything", slot("CNAME"), slot("TXT", "x")],
    ["two SPF records", slot("TXT", "v=spf1 -all"), slot("TXT", "V=SPF1 include:example.net ~all")],
    ["two DMARC records", slot("TXT", "v=DMARC1", "_dmarc.a.example"), slot("TXT", "x", "_dmarc.a.example")],
    ["two keys", slot("TXT", "p=a", "s._domainkey.a.example"), slot("TXT", "p=b", "s._domainkey.a.example")],
    ["the same text twice", slot("TXT", "x"), slot("TXT", "x")],
    ["two mail exchangers", slot("MX"), slot("MX")],
  ])("%s exclude each other", (_, one, other) => {
    expect(excludeEachOther(one, other)).toBe(true);
    expect(excludeEachOther(other, one)).toBe(true);
    expect(excludeEachOther(one, { ...other, name: "other.example" })).toBe(false);
  });

  it.each([
    ["SPF and another text", slot("TXT", "v=spf1 -all"), slot("TXT", "google-site-verification=1")],
    ["a text and an exchanger", slot("TXT", "x"), slot("MX")],
    ["what only begins like SPF", slot("TXT", "v=spf1 -all"), slot("TXT", "v=spf10 -all")],
  ])("%s stand side by side", (_, one, other) => {
    expect(excludeEachOther(one, other)).toBe(false);
  });
});

describe("a mail plan", () => {
  it("reports the faults of the domain, SPF and DMARC together", () => {
    const { faults } = planMailDns({
      domain: "example..com",
      spf: { addresses: ["x"] },
      dmarc: { reportsTo: "nobody" },
    });
    expect(faults.map(({ path }) => path)).toEqual(["domain", "spf.addresses[0]", "dmarc.reportsTo"]);
  });

  it("refuses names that are too long with what stands before the domain, and texts that hosts spell differently", () => {
    const domain = `${Array.from({ length: 4 }, () => "a".repeat(60)).join(".")}.test`;
    expect(planMailDns({ domain }).faults).toMatchObject([
      { path: "records", value: `_dmarc.${domain}`, reason: expect.stringContaining("has 255 characters") },
    ]);
    const record = { key: "x", purpose: "A text", name: "a.example", type: "TXT" as const, value: "é" };
    expect(planMailDns({ domain: "a.example", records: [record] }).faults).toMatchObject([
      { value: "é", reason: expect.stringContaining("outside printable ASCII") },
    ]);
  });

  it("shows what an internationalized domain is published as", () => {
    expect(planMailDns({ domain: "bücher.example" }).findings[0]?.message).toContain("xn--bcher-kva.example");
  });
});

describe("a DKIM key record", () => {
  const rsa = (bits: number) =>
    generateKeyPairSync("rsa", { modulusLength: bits }).publicKey.export({ type: "spki", format: "der" });

  it("stands under its selector and carries the key", () => {
    expect(dkimName("S1", "example.com")).toBe("s1._domainkey.example.com");
    expect(dkimText("AB CD")).toBe("v=DKIM1; k=rsa; p=ABCD");
  });

  it("accepts an RSA key of 2048 bits and an Ed25519 key", () => {
    expect(dkimFaults({ selector: "s1", publicKey: rsa(2048).toString("base64") }, "dkim")).toEqual([]);
    const ed25519 = Buffer.alloc(32, 1).toString("base64");
    expect(dkimFaults({ selector: "s1", publicKey: ed25519, keyType: "ed25519" }, "dkim")).toEqual([]);
  });

  it.each([
    ["an RSA key of 512 bits", { selector: "s1", publicKey: rsa(512).toString("base64") }, "has 512 bits"],
    ["what is not base64", { selector: "s1", publicKey: "%%%" }, "is not base64"],
    ["what is no key", { selector: "s1", publicKey: "AAAA" }, "is not an RSA public key"],
    ["a selector with a space", { selector: "s 1", cname: "x.example" }, "is not a DKIM selector"],
  ])("refuses %s", (_, declaration, reason) => {
    expect(
      dkimFaults(declaration, "dkim")
        .map((fault) => fault.reason)
        .join(),
    ).toContain(reason);
  });
});

describe("a mail address", () => {
  it.each([
    ["nobody"],
    ["@example.com"],
    ["a@"],
    ["a b@example.com"],
    [`${"a".repeat(65)}@example.com`],
    [".a@example.com"],
  ])("%j is refused", (address) => {
    expect(parseMailAddress(address, "sender.address").faults).not.toEqual([]);
  });
});
