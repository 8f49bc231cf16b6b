import { describe, expect, it } from "vitest";
import {
  alignment,
  alignmentFindings,
  type Sender,
  walkedAlignmentFindings,
} from "../../../components/mail-dns/alignment";
import { predictOrganizationalDomain } from "../../../components/mail-dns/organizational-domain";
import { withPlanned } from "../../../components/mail-dns/resolver";
import { zone } from "./zone";

const relaxed = { spfMode: "relaxed", dkimMode: "relaxed" } as const;
const compare = (sender: Omit<Sender, "spfMode" | "dkimMode">) =>
  alignment({ ...relaxed, ...sender, organizationalDomain: predictOrganizationalDomain });
const severities = (findings: { severity: string; path: string }[]) =>
  findings.map(({ severity, path }) => [severity, path]);

describe("the examples of RFC 9989 appendix B.1", () => {
  it.each([
    ["SPF 1", { from: "example.com", returnPath: "example.com" }, [true, true]],
    ["SPF 2", { from: "example.com", returnPath: "child.example.com" }, [false, true]],
    ["SPF 3", { from: "child.example.com", returnPath: "example.net" }, [false, false]],
  ])("%s", (_, sender, [strictly, loosely]) => {
    expect(compare(sender).spf).toMatchObject({ strict: strictly, relaxed: loosely, isAligned: loosely });
  });

  it.each([
    ["DKIM 1", { from: "example.com", dkimDomain: "example.com" }, [true, true]],
    ["DKIM 2", { from: "child.example.com", dkimDomain: "example.com" }, [false, true]],
    ["DKIM 3", { from: "child.example.com", dkimDomain: "example.net" }, [false, false]],
  ])("%s", (_, sender, [strictly, loosely]) => {
    expect(compare(sender).dkim).toMatchObject({ strict: strictly, relaxed: loosely, isAligned: loosely });
  });
});

describe("alignment", () => {
  const sender: Sender = {
    ...relaxed,
    from: "example.com",
    returnPath: "em.example.com",
    dkimDomain: "example.com",
  };

  it("in strict mode needs equal domains", () => {
    const organizationalDomain = predictOrganizationalDomain;
    const strict = alignment({ ...sender, spfMode: "strict", dkimMode: "strict", organizationalDomain });
    expect([strict.spf.isAligned, strict.dkim.isAligned, strict.canPass]).toEqual([false, true, true]);
  });

  it("of a mechanism that authenticates nothing does not exist", () => {
    expect(compare({ from: "example.com" })).toMatchObject({
      canPass: false,
      spf: { reason: "there is no return path" },
    });
  });
});

describe("the findings without a look-up", () => {
  const sender: Sender = {
    ...relaxed,
    from: "example.com",
    returnPath: "em.example.com",
    dkimDomain: "example.com",
  };

  it("say that they are predicted", () => {
    const findings = alignmentFindings(sender, "dmarc");
    expect(severities(findings)).toEqual([["info", "dmarc"]]);
    expect(findings[0]?.message).toContain("predicted by the public suffix list");
  });

  it.each<[string, Partial<Sender>, string, string, string]>([
    [
      "a strict return path below the domain",
      { spfMode: "strict" },
      "warning",
      "dmarc.spfAlignment",
      "Set spfAlignment to relaxed.",
    ],
    [
      "no return path",
      { returnPath: undefined },
      "info",
      "dmarc.spfAlignment",
      "return path at or below example.com",
    ],
    [
      "another's return path",
      { returnPath: "example.net" },
      "warning",
      "dmarc.spfAlignment",
      "return path at or below",
    ],
    [
      "another's signature",
      { dkimDomain: "example.net" },
      "warning",
      "dmarc.dkimAlignment",
      "Sign with a key of example.com.",
    ],
    [
      "a strict signature above the domain",
      { dkimDomain: "a.example.com", dkimMode: "strict" },
      "warning",
      "dmarc.dkimAlignment",
      "Set dkimAlignment to relaxed.",
    ],
  ])("tell of %s", (_, change, severity, path, next) => {
    const findings = alignmentFindings({ ...sender, ...change }, "dmarc");
    expect(severities(findings)).toEqual([[severity, path]]);
    expect(findings[0]?.next).toContain(next);
  });

  it.each<[string, Partial<Sender>, string]>([
    ["nothing authenticates", { returnPath: undefined, dkimDomain: undefined }, "Sign with a key"],
    [
      "both belong to others",
      { returnPath: "u1.wl.sendgrid.net", dkimDomain: "sendgrid.net" },
      "Sign with a key",
    ],
    [
      "strict modes exclude both",
      { dkimDomain: "em.example.com", spfMode: "strict", dkimMode: "strict" },
      "dkimAlignment to relaxed",
    ],
    ["a strict mode excludes SPF", { dkimDomain: undefined, spfMode: "strict" }, "spfAlignment to relaxed"],
    [
      "two customers share a suffix",
      { from: "a.github.io", returnPath: "b.github.io", dkimDomain: "github.io" },
      "Sign with a key",
    ],
  ])("are an error where DMARC can never pass: %s", (_, change, next) => {
    const findings = alignmentFindings({ ...sender, ...change }, "dmarc");
    expect(severities(findings)).toEqual([["error", "dmarc"]]);
    expect(findings[0]?.next).toContain(next);
  });
});

describe("the findings by tree walks", () => {
  const bank = {
    "_dmarc.bank.example": "v=DMARC1; p=none; psd=y",
    "_dmarc.giant.bank.example": "v=DMARC1; p=reject",
  };
  const giant: Sender = {
    ...relaxed,
    from: "giant.bank.example",
    returnPath: "mail.giant.bank.example",
    dkimDomain: "mail.mega.bank.example",
  };

  it("see SPF alone align in the example with a public suffix of RFC 9989 appendix B.4.3", async () => {
    const findings = await walkedAlignmentFindings(giant, "dmarc", zone(bank));
    expect(severities(findings)).toEqual([["warning", "dmarc.dkimAlignment"]]);
    expect(findings[0]?.message).toContain("mail.mega.bank.example belongs to mega.bank.example");
    expect(findings[0]?.message).toContain("by tree walks in the DNS");
  });

  it("see no alignment before the record is there, and alignment with the planned one", async () => {
    const sender: Sender = { ...relaxed, from: "example.com", returnPath: "em.example.com" };
    expect(severities(await walkedAlignmentFindings(sender, "dmarc", zone({})))).toEqual([
      ["error", "dmarc"],
    ]);
    const planned = new Map([["_dmarc.example.com", "v=DMARC1; p=none"]]);
    const findings = await walkedAlignmentFindings(sender, "dmarc", withPlanned(zone({}), planned));
    expect(severities(findings)).toEqual([["warning", "dmarc.dkimAlignment"]]);
  });

  it("reject where a look-up fails", async () => {
    await expect(
      walkedAlignmentFindings(giant, "dmarc", zone(bank, ["_dmarc.bank.example"])),
    ).rejects.toThrow();
  });
});
