import { describe, expect, it } from "vitest";
import { planMailDns, recordsOf } from "../../components/mail-dns/plan";
import {
  type IdentitySettings,
  type IdentityValues,
  identityDns,
  identityFaults,
  identityRecords,
} from "../../components/sender-identity/records";

const settings: IdentitySettings = { domain: "example.com", sender: { address: "noreply@example.com" } };
const values: IdentityValues<string> = {
  valueOf: (source) => `${source}.sendgrid.net`,
  ownerName: (domain) => `4711.${domain}`,
};
const shown = (change: Partial<IdentitySettings>) =>
  identityRecords({ ...settings, ...change }, values).map(
    ({ key, name, type, value, priority }) => `${key}: ${name} ${type} ${priority ?? ""}${value}`,
  );

describe("the records of a sender identity", () => {
  it("are three CNAMEs with automatic security", () => {
    expect(shown({})).toEqual([
      "return-path: em.example.com CNAME mailCname.sendgrid.net",
      "dkim1: s1._domainkey.example.com CNAME dkim1.sendgrid.net",
      "dkim2: s2._domainkey.example.com CNAME dkim2.sendgrid.net",
    ]);
    expect(shown({ dkimSelector: "mta", subdomain: "bounce" }).join("\n")).toContain("mta2._domainkey");
  });

  it("are an exchanger and two texts with manual security, and the domain's SPF includes the return path's", () => {
    expect(shown({ security: "manual" })).toEqual([
      "return-path-mx: em.example.com MX 10mailServer.sendgrid.net",
      "return-path-spf: em.example.com TXT subdomainSpf.sendgrid.net",
      "dkim: m1._domainkey.example.com TXT dkim.sendgrid.net",
    ]);
    const dns = identityDns(
      { ...settings, security: "manual", spf: { include: ["_spf.example.net"] } },
      values,
    );
    const spf = recordsOf(planMailDns(dns)).find(({ key }) => key === "spf");
    expect(spf).toMatchObject({
      name: "example.com",
      value: "v=spf1 include:em.example.com include:_spf.example.net ~all",
    });
  });

  it("have two more for branded links, one of them named by the account's number", () => {
    expect(shown({ links: {} }).slice(3)).toEqual([
      "links: links.example.com CNAME domainCname.sendgrid.net",
      "links-owner: 4711.example.com CNAME ownerCname.sendgrid.net",
    ]);
  });

  it("lie below a domain that is itself a subdomain", () => {
    const domain = "mail.example.com";
    expect(shown({ domain, sender: { address: "a@mail.example.com" } })[0]).toContain("em.mail.example.com");
  });

  it.each([[{}], [{ security: "manual" as const }], [{ links: {}, spf: {} }]])(
    "%j: all carry a purpose that fits into a record comment",
    (change) => {
      const plan = planMailDns(identityDns({ ...settings, ...change }, values));
      expect(plan.faults).toEqual([]);
      for (const { purpose } of recordsOf(plan)) {
        expect(purpose.length).toBeGreaterThan(10);
        expect(purpose.length).toBeLessThanOrEqual(100);
      }
    },
  );

  it("are refused where two of them would stand at one name", () => {
    const paths = (change: Partial<IdentitySettings>) =>
      identityFaults({ ...settings, ...change }).map(({ path }) => path);
    expect(paths({ subdomain: "s1._domainkey" })).toContain("records");
    expect(paths({ links: { subdomain: "em" } })).toContain("records");
  });

  it.each<[Partial<IdentitySettings>, string[]]>([
    [{ domain: "exa_mple.com" }, ["domain"]],
    [{ sender: { address: "noreply@example.org" } }, ["sender.address"]],
    [{ sender: { address: "noreply@mail.example.com" } }, ["sender.address"]],
    [{ subdomain: "-em" }, ["subdomain"]],
    [{ subdomain: "a".repeat(64) }, ["subdomain"]],
    [{ links: { subdomain: "a_b" } }, ["links.subdomain"]],
    [{ dkimSelector: "long" }, ["dkimSelector"]],
    [
      { domain: "bad..name", subdomain: "_", sender: { address: "nobody" } },
      ["domain", "subdomain", "sender.address"],
    ],
  ])("%j is refused at %j", (change, paths) => {
    expect(identityFaults({ ...settings, ...change }).map(({ path }) => path)).toEqual(paths);
  });

  it("of an internationalized domain accept a sender in either spelling", () => {
    for (const address of ["a@bücher.example", "a@xn--bcher-kva.example"]) {
      expect(identityFaults({ domain: "bücher.example", sender: { address } })).toEqual([]);
    }
  });
});
