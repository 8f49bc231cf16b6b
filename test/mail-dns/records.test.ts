import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dkimFaults, dkimName, dkimText } from "../../components/mail-dns/dkim/record";
import { parseMailAddress } from "../../components/mail-dns/mail-address";
import { planMailDns } from "../../components/mail-dns/plan";
import { quotedTxt, txtStrings } from "../../components/mail-dns/record";
import { identityFaults, identityRecords } from "../../components/sender-identity/records";

const names = { domain: "example.com", subdomain: "em", senderAddress: "noreply@example.com" };
const targets = {
  mailCname: "u1.wl.sendgrid.net",
  dkim1: "s1.u1.wl.sendgrid.net",
  dkim2: "s2.u1.wl.sendgrid.net",
};

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

  it("is quoted as a zone file has it", () => {
    expect(quotedTxt("v=spf1 -all")).toBe('"v=spf1 -all"');
    expect(quotedTxt('a"b\\c')).toBe('"a\\"b\\\\c"');
    expect(quotedTxt("x".repeat(300))).toBe(`"${"x".repeat(255)}" "${"x".repeat(45)}"`);
  });
});

describe("the records of a sender identity", () => {
  it("have names that follow from the settings", () => {
    expect(
      identityRecords(names, targets).map(({ key, name, type, value }) => [key, name, type, value]),
    ).toEqual([
      ["return-path", "em.example.com", "CNAME", "u1.wl.sendgrid.net"],
      ["dkim1", "s1._domainkey.example.com", "CNAME", "s1.u1.wl.sendgrid.net"],
      ["dkim2", "s2._domainkey.example.com", "CNAME", "s2.u1.wl.sendgrid.net"],
    ]);
  });

  it("all carry a purpose that fits into a record comment", () => {
    const plan = planMailDns({ domain: "example.com", records: identityRecords(names, targets), spf: {} });
    for (const { purpose } of [...plan.authentication, plan.dmarc]) {
      expect(purpose.length).toBeGreaterThan(10);
      expect(purpose.length).toBeLessThanOrEqual(100);
    }
  });

  it("are refused where two of them would stand at one name", () => {
    const clash = { ...names, subdomain: "s1._domainkey" };
    expect(identityFaults(clash).map(({ path }) => path)).toContain("records");
  });

  it.each([
    [{ domain: "exa_mple.com" }, ["domain"]],
    [{ senderAddress: "noreply@example.org" }, ["sender.address"]],
    [{ senderAddress: "noreply@mail.example.com" }, ["sender.address"]],
    [{ subdomain: "-em" }, ["subdomain"]],
    [{ subdomain: "a".repeat(64) }, ["subdomain"]],
    [{ dkimSelector: "long" }, ["dkimSelector"]],
    [
      { domain: "bad..name", subdomain: "_", senderAddress: "nobody" },
      ["domain", "subdomain", "sender.address"],
    ],
  ])("%j is refused at %j", (change, paths) => {
    expect(identityFaults({ ...names, ...change }).map(({ path }) => path)).toEqual(paths);
  });

  it("of an internationalized domain accept a sender in either spelling", () => {
    for (const senderAddress of ["a@bücher.example", "a@xn--bcher-kva.example"]) {
      expect(identityFaults({ ...names, domain: "bücher.example", senderAddress })).toEqual([]);
    }
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
