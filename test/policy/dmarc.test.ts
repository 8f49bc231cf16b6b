import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../mail-resources/value";
import { dmarcReports, dmarcSingle, dmarcSyntax, dmarcValidated } from "../../policy/rules/dmarc";
import { messages, resource, txt, urn } from "./resources";

const at = "_dmarc.example.com";
const RUA = "rua=mailto:d@example.com";

describe("dmarc-syntax", () => {
  it.each([
    [`v=DMARC1; p=nun; ${RUA}`, "p=nun is not valid"],
    ["v=DMARC1; p=none; p=reject", "more than one tag p"],
    ["v=dmarc1; p=reject", "begins with v=DMARC1, in capitals"],
    [" v=DMARC1; p=reject", "begins with v=DMARC1"],
    ["v=DMARC1; rua=mailto:d@example.com", "without a valid p"],
    ["v=DMARC1, p=reject", "begins with v=DMARC1"],
  ])("refuses %s", async (text, message) => {
    const found = await messages(dmarcSyntax, [txt(at, text)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it.each([
    "v=DMARC1; p=none",
    `v=DMARC1;p=reject;${RUA};`,
    "v=DMARC1; p=none; pct=100",
    "some-verification=1",
  ])("has nothing to say about %s", async (text) => {
    expect(await messages(dmarcSyntax, [txt(at, text)])).toEqual([]);
  });

  it("refuses tags that receivers ignore where it is set so", async () => {
    expect(
      await messages(dmarcSyntax, [txt(at, "v=DMARC1; p=none; pct=100")], { warnings: true }),
    ).toHaveLength(1);
  });

  it("looks at DMARC names alone, relative ones too, and at known texts", async () => {
    expect(await messages(dmarcSyntax, [txt("example.com", "v=dmarc1"), txt(at, UNKNOWN)])).toEqual([]);
    expect(await messages(dmarcSyntax, [txt("_dmarc", "v=dmarc1")])).toHaveLength(1);
  });
});

describe("dmarc-single", () => {
  it("refuses two records at a name, and allows other texts there", async () => {
    const two = [txt(at, "v=DMARC1; p=none"), txt(at, "v=DMARC1; p=reject")];
    expect(await messages(dmarcSingle, two)).toHaveLength(1);
    expect(await messages(dmarcSingle, [txt(at, "v=DMARC1; p=none"), txt(at, "other")])).toEqual([]);
  });
});

describe("dmarc-reports", () => {
  it("refuses a record without rua", async () => {
    expect(await messages(dmarcReports, [txt(at, "v=DMARC1; p=none")])).toEqual([
      `${at} has no rua, so that nobody gets reports`,
    ]);
    expect(await messages(dmarcReports, [txt(at, `v=DMARC1; p=none; ${RUA}`)])).toEqual([]);
  });

  it("needs none for a domain that sends no mail, as its SPF record says", async () => {
    const parked = [txt(at, "v=DMARC1; p=reject"), txt("example.com", "v=spf1 -all")];
    expect(await messages(dmarcReports, parked)).toEqual([]);
    const sending = [txt(at, "v=DMARC1; p=reject"), txt("example.com", "v=spf1 a -all")];
    expect(await messages(dmarcReports, sending)).toHaveLength(1);
  });
});

describe("dmarc-validated-identity", () => {
  const IDENTITY = "sendgrid:index:DomainAuthentication";
  const VALIDATION = "sendgrid:index:DomainValidation";
  const identity = (domain: string) =>
    resource(IDENTITY, { domain, subdomain: "em" }, { name: "id", id: "7", outputs: { domainId: "7" } });
  const validation = (domainId: string | typeof UNKNOWN, from: string[] = []) =>
    resource(VALIDATION, { domainId }, { propertyDependencies: { domainId: from } });
  const enforcing = txt(at, `v=DMARC1; p=quarantine; ${RUA}`);

  it("refuses an enforcing policy for an identity that nothing validates", async () => {
    expect(await messages(dmarcValidated, [identity("Example.com"), enforcing])).toEqual([
      `${at} has the policy quarantine, and nothing validates id (example.com)`,
    ]);
  });

  it("refuses one that a subdomain's identity inherits, unless sp is none or the subdomain has a record", async () => {
    const inherited = (text: string, ...more: ReturnType<typeof txt>[]) =>
      messages(dmarcValidated, [identity("news.example.com"), txt(at, text), ...more]);
    expect(await inherited("v=DMARC1; p=reject")).toHaveLength(1);
    expect(await inherited("v=DMARC1; p=reject; sp=none")).toEqual([]);
    expect(await inherited("v=DMARC1; p=reject", txt("_dmarc.news.example.com", "v=DMARC1; p=none"))).toEqual(
      [],
    );
  });

  it("allows one that is validated, by what it is made from or by its id", async () => {
    const byUrn = validation(UNKNOWN, [urn(IDENTITY, "id")]);
    expect(await messages(dmarcValidated, [identity("example.com"), byUrn, enforcing])).toEqual([]);
    expect(await messages(dmarcValidated, [identity("example.com"), validation("7"), enforcing])).toEqual([]);
    expect(
      await messages(dmarcValidated, [identity("example.com"), validation("8"), enforcing]),
    ).toHaveLength(1);
  });

  it("says nothing without an identity, with p=none, and where nobody knows what is validated", async () => {
    expect(await messages(dmarcValidated, [enforcing])).toEqual([]);
    expect(await messages(dmarcValidated, [identity("other.example"), enforcing])).toEqual([]);
    expect(await messages(dmarcValidated, [identity("example.com"), txt(at, "v=DMARC1; p=none")])).toEqual(
      [],
    );
    expect(await messages(dmarcValidated, [identity("example.com"), validation(UNKNOWN), enforcing])).toEqual(
      [],
    );
  });
});
