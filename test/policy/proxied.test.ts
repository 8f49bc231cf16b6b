import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../mail-resources/value";
import { proxiedRecords } from "../../policy/rules/proxied";
import { messages, record, resource, urn } from "./resources";

const proxied = { proxied: true };
const IDENTITY = "sendgrid:index:DomainAuthentication";

describe("proxied-mail-record", () => {
  it("refuses DKIM keys, DMARC delegations and return paths", async () => {
    const said = await messages(proxiedRecords, [
      record("s1._domainkey.example.com", "CNAME", "s1.domainkey.u1.wl1.sendgrid.net", proxied),
      record("_dmarc.example.com", "CNAME", "example.com.dmarc.example.net", proxied),
      record("em.example.com", "CNAME", "u1.wl001.sendgrid.net", proxied),
    ]);
    expect(said).toEqual([
      "proxied: is true for CNAME s1._domainkey.example.com, which receivers read",
      "proxied: is true for CNAME _dmarc.example.com, which receivers read",
      "proxied: is true for CNAME em.example.com, which is a return path",
    ]);
  });

  it("refuses hosts to which an MX record of the stack leads", async () => {
    const mx = record("example.com", "MX", "Mail.example.com.", { priority: 10 });
    const host = record("mail.example.com", "A", "192.0.2.1", proxied);
    expect(await messages(proxiedRecords, [host])).toEqual([]);
    expect(await messages(proxiedRecords, [mx, host])).toEqual([
      "proxied: is true for A mail.example.com, to which an MX record leads",
    ]);
  });

  it("refuses what an identity says, though a preview does not know it yet", async () => {
    const identity = resource(IDENTITY, { domain: "example.com" }, { name: "id" });
    const returnPath = resource(
      "cloudflare:index/dnsRecord:DnsRecord",
      { zoneId: "z1", name: "em.example.com", type: "CNAME", content: UNKNOWN, proxied: true },
      { propertyDependencies: { content: [urn(IDENTITY, "id")] } },
    );
    expect(await messages(proxiedRecords, [identity, returnPath])).toEqual([
      "proxied: is true for CNAME em.example.com, which proves a SendGrid identity",
    ]);
  });

  it("allows link names, web sites, and records that are not proxied or not known to be", async () => {
    const resources = [
      record("links.example.com", "CNAME", "sendgrid.net", proxied),
      record("www.example.com", "CNAME", "site.example.net", proxied),
      record("s1._domainkey.example.com", "CNAME", "x.example.net", { proxied: false }),
      record("s2._domainkey.example.com", "CNAME", "x.example.net", { proxied: UNKNOWN }),
    ];
    expect(await messages(proxiedRecords, resources)).toEqual([]);
  });
});
