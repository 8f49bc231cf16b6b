import { describe, expect, it } from "vitest";
import { discoverPolicy } from "../../../components/mail-dns/dmarc/policy-discovery";
import {
  compareOrganizationalDomain,
  predictOrganizationalDomain,
  walkOrganizationalDomain,
} from "../../../components/mail-dns/organizational-domain";
import { withPlanned } from "../../../components/mail-dns/resolver";
import { zone } from "./zone";

const policy = "v=DMARC1; p=reject";
const organizationOf = async (domain: string, txt: Record<string, string | string[]>) =>
  (await walkOrganizationalDomain(domain, zone(txt))).organizationalDomain;

describe("the tree walk of RFC 9989 section 4.10", () => {
  it.each<[domain: string, queried: string[]]>([
    [
      "a.mail.example.com",
      ["_dmarc.a.mail.example.com", "_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com"],
    ],
    [
      "a.b.c.d.e.f.g.h.i.j.mail.example.com",
      [
        "_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "_dmarc.g.h.i.j.mail.example.com",
        "_dmarc.h.i.j.mail.example.com",
        "_dmarc.i.j.mail.example.com",
        "_dmarc.j.mail.example.com",
        "_dmarc.mail.example.com",
        "_dmarc.example.com",
        "_dmarc.com",
      ],
    ],
    ["example.com", ["_dmarc.example.com", "_dmarc.com"]],
  ])("asks for %s", async (domain, queried) => {
    expect((await walkOrganizationalDomain(domain, zone({}))).queried).toEqual(queried);
  });

  it.each([7, 8, 9, 20])("of a name with %i labels takes at most eight queries", async (count) => {
    const domain = Array.from({ length: count }, (_, label) => `l${label}`).join(".");
    expect((await walkOrganizationalDomain(domain, zone({}))).queried).toHaveLength(Math.min(count, 8));
  });

  it.each<[string, Record<string, string>, string]>([
    [
      "the record with the fewest labels",
      { "_dmarc.mail.example.com": policy, "_dmarc.example.com": policy },
      "example.com",
    ],
    [
      "the record with psd=n",
      { "_dmarc.mail.example.com": `${policy}; psd=n`, "_dmarc.example.com": policy },
      "mail.example.com",
    ],
    ["one label below psd=y", { "_dmarc.com": `${policy}; psd=y` }, "example.com"],
    ["itself where nothing is found", {}, "a.mail.example.com"],
    [
      "what psd=u leaves to the walk",
      { "_dmarc.mail.example.com": `${policy}; psd=u`, "_dmarc.example.com": policy },
      "example.com",
    ],
  ])("finds the organizational domain of a.mail.example.com: %s", async (_, txt, expected) => {
    expect(await organizationOf("a.mail.example.com", txt)).toBe(expected);
  });

  it("does not take a psd=y where it begins for a suffix above it", async () => {
    expect(await organizationOf("bank.example", { "_dmarc.bank.example": `${policy}; psd=y` })).toBe(
      "bank.example",
    );
  });

  it("ignores several records at a name, and texts that are no DMARC record", async () => {
    const above = { "_dmarc.example.com": policy };
    const both = { ...above, "_dmarc.com": [policy, "v=DMARC1; p=none"] };
    expect(await organizationOf("a.example.com", both)).toBe("example.com");
    const other = { ...above, "_dmarc.com": ["v=spf1 -all", "v=DMARC10; p=none"] };
    expect(await organizationOf("a.example.com", other)).toBe("example.com");
    const single = { ...above, "_dmarc.com": ["some text", policy] };
    expect(await organizationOf("a.example.com", single)).toBe("com");
  });

  it("takes planned records for published ones", async () => {
    const resolver = zone({ "_dmarc.example.com": `${policy}; psd=n` });
    const planned = new Map([["_dmarc.example.com", policy]]);
    const { found } = await walkOrganizationalDomain("em.example.com", withPlanned(resolver, planned));
    expect(found.map(({ domain, text }) => [domain, text])).toEqual([["example.com", policy]]);
    expect(resolver.asked).not.toContain("_dmarc.example.com TXT");
  });

  it("rejects where a look-up fails: nobody knows then", async () => {
    await expect(walkOrganizationalDomain("a.example.com", zone({}, ["_dmarc.example.com"]))).rejects.toThrow(
      "SERVFAIL",
    );
  });
});

describe("the examples of RFC 9989 appendix B.4", () => {
  const simple = { "_dmarc.example.com": policy, "_dmarc.signing.example.com": policy };
  const deep = "a.b.c.d.e.f.g.h.i.j.k.example.com";
  const bank = { "_dmarc.bank.example": "v=DMARC1; p=none; psd=y", "_dmarc.giant.bank.example": policy };
  it.each<[string, Record<string, string>, string, number]>([
    ["example.com", simple, "example.com", 2],
    ["signing.example.com", simple, "example.com", 3],
    [deep, simple, "example.com", 8],
    ["giant.bank.example", bank, "giant.bank.example", 2],
    ["mail.giant.bank.example", bank, "giant.bank.example", 3],
    ["mail.mega.bank.example", bank, "mega.bank.example", 3],
  ])("the organization of %s", async (domain, txt, expected, queries) => {
    const walk = await walkOrganizationalDomain(domain, zone(txt));
    expect([walk.organizationalDomain, walk.queried.length]).toEqual([expected, queries]);
  });

  it.each([
    ["example.com", simple, "example.com"],
    [deep, simple, "example.com"],
    ["giant.bank.example", bank, "giant.bank.example"],
  ])("the policy domain of %s", async (domain, txt, policyDomain) => {
    expect(await discoverPolicy(domain, zone(txt))).toMatchObject({ applies: true, policyDomain });
  });
});

describe("the policy that applies", () => {
  const record = "v=DMARC1; p=reject; sp=quarantine; np=none";
  const txt = { "_dmarc.example.com": record, "www.example.com": "anything" };
  it.each([
    ["example.com", "p", "reject"],
    ["www.example.com", "sp", "quarantine"],
    ["ghost.example.com", "np", "none"],
  ])("to %s comes from %s", async (domain, tag, applied) => {
    expect(await discoverPolicy(domain, zone(txt))).toMatchObject({ applies: true, tag, applied });
  });

  it.each([
    ["v=DMARC1; p=reject; sp=quarantine", "sp", "quarantine"],
    ["v=DMARC1; p=reject", "p", "reject"],
    ["v=DMARC1; p=reject; sp=block; np=none; rua=mailto:a@example.com", "np", "none"],
    ["v=DMARC1; p=reject; np=block; rua=mailto:a@example.com", "p", "none"],
  ])("to a name that does not exist under %s comes from %s", async (text, tag, applied) => {
    const found = await discoverPolicy("ghost.example.com", zone({ "_dmarc.example.com": text }));
    expect(found).toMatchObject({ applies: true, tag, applied });
  });

  it.each([
    ["reject", "quarantine"],
    ["quarantine", "none"],
    ["none", "none"],
  ])("under test mode is one level below %s: %s", async (published, applied) => {
    const found = await discoverPolicy(
      "example.com",
      zone({ "_dmarc.example.com": `v=DMARC1; p=${published}; t=y` }),
    );
    expect(found).toMatchObject({ published, applied });
  });

  it("is the public suffix's where the organization has none", async () => {
    const found = await discoverPolicy(
      "a.shop.bank.example",
      zone({ "_dmarc.bank.example": "v=DMARC1; p=none; sp=reject; psd=y" }),
    );
    expect(found).toMatchObject({ applies: true, policyDomain: "bank.example", applied: "reject" });
  });

  it("is not that of a record between the From domain and its organization", async () => {
    const found = await discoverPolicy(
      "a.b.example.com",
      zone({ "_dmarc.b.example.com": "v=DMARC1; p=none", "_dmarc.example.com": policy }),
    );
    expect(found).toMatchObject({ applies: true, policyDomain: "example.com" });
  });

  it.each([[{}], [{ "_dmarc.example.com": "v=DMARC1; p=block" }]])(
    "does not exist with %j",
    async (records) => {
      expect(await discoverPolicy("example.com", zone(records))).toMatchObject({ applies: false });
    },
  );

  it("of the From domain's own record needs no look-up further up", async () => {
    const found = await discoverPolicy("example.com", zone({ "_dmarc.example.com": policy }, ["_dmarc.com"]));
    expect(found).toMatchObject({ applies: true, tag: "p" });
  });

  it("treats a name with a CNAME to nowhere as one that exists", async () => {
    const resolver = zone({ "_dmarc.example.com": "v=DMARC1; p=none; np=reject" });
    const dangling: typeof resolver = {
      ...resolver,
      lookUp: async (name, type) => {
        const answer = await resolver.lookUp(name, type);
        return name === "gone.example.com" && type === "CNAME" ? { ...answer, exists: true } : answer;
      },
    };
    expect(await discoverPolicy("gone.example.com", dangling)).toMatchObject({ applied: "none" });
    expect(await discoverPolicy("ghost.example.com", dangling)).toMatchObject({ applied: "reject" });
  });
});

describe("the public suffix list", () => {
  it.each([
    ["em.example.com", "example.com"],
    ["a.b.example.co.uk", "example.co.uk"],
    ["shop.github.io", "shop.github.io"],
    ["a.shop.github.io", "shop.github.io"],
    ["co.uk", "co.uk"],
    ["em.example", "em.example"],
  ])("predicts that %s belongs to %s", (domain, expected) => {
    expect(predictOrganizationalDomain(domain)).toBe(expected);
  });

  it("and the tree walk agree where the domain of the list publishes a record", async () => {
    const walk = await walkOrganizationalDomain("em.example.com", zone({ "_dmarc.example.com": policy }));
    expect(compareOrganizationalDomain(walk, "domain")).toBeUndefined();
  });

  it.each<[string, string, Record<string, string>, string]>([
    ["below", "em.mail.example.com", { "_dmarc.mail.example.com": policy }, "at _dmarc.example.com"],
    ["above", "shop.github.io", { "_dmarc.github.io": policy }, "the owner of github.io for psd=y"],
  ])("and the tree walk differ where only a name %s it does", async (_, domain, txt, next) => {
    const difference = compareOrganizationalDomain(
      await walkOrganizationalDomain(domain, zone(txt)),
      "domain",
    );
    expect(difference).toMatchObject({
      severity: "warning",
      path: "domain",
      next: expect.stringContaining(next),
    });
  });
});
