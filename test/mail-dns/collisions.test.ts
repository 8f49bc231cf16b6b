import { describe, expect, it } from "vitest";
import { collisions, type HostTraits } from "../../components/mail-dns/collisions";
import type { ExistingRecord } from "../../components/mail-dns/dns-host";
import type { MailRecord } from "../../components/mail-dns/record";

const cloudflare: HostTraits = { name: "Cloudflare" };
const route53: HostTraits = { name: "Route 53", recordSets: true };

const found = (type: string, name: string, value: string, comment?: string): ExistingRecord => ({
  importId: `zone/${type}-${name}`,
  type,
  name,
  value,
  comment,
});
const spf: MailRecord = {
  key: "spf",
  purpose: "SPF",
  name: "example.com",
  type: "TXT",
  value: "v=spf1 include:em.example.com ~all",
};
const returnPath: MailRecord<undefined> = {
  key: "return-path",
  purpose: "Return path",
  name: "em.example.com",
  type: "CNAME",
  value: undefined,
};
const refusals = (record: MailRecord<unknown>, records: ExistingRecord[], host = cloudflare) =>
  collisions([record], { zone: "example.com", records }, host).map(
    ({ path, reason, next }) => `${path}: ${reason}. ${next}`,
  );

describe("what stands in the way of a record", () => {
  it("is nothing in an empty zone, and nothing that has to do with other names or texts", () => {
    const others = [
      found("TXT", "example.com", "google-site-verification=1"),
      found("MX", "example.com", "mail.example.com"),
      found("TXT", "other.example.com", "v=spf1 -all"),
    ];
    expect(refusals(spf, [])).toEqual([]);
    expect(refusals(spf, others)).toEqual([]);
  });

  it("is an SPF record, with the settings that merge it", () => {
    const existing = found("TXT", "example.com", "v=spf1 include:_spf.google.com ~all");
    const [refusal] = refusals(spf, [existing]);
    expect(refusal).toContain("two SPF records fail every check");
    expect(refusal).toContain('Set spf.existing to "v=spf1 include:_spf.google.com ~all"');
    expect(refusal).toContain('adopt.spf to "zone/TXT-example.com"');
  });

  it("is more than one SPF record, which a person has to merge", () => {
    const two = ["v=spf1 a ~all", "v=spf1 mx ~all"].map((text) => found("TXT", "example.com", text));
    expect(refusals(spf, two)[0]).toContain("more than one SPF record");
  });

  it("is a CNAME at the name, and for a CNAME anything at its name", () => {
    expect(refusals(spf, [found("CNAME", "example.com", "example.net")])[0]).toContain("must be alone");
    expect(refusals(returnPath, [found("A", "em.example.com", "192.0.2.1")])[0]).toContain("must be alone");
    const [adoptable] = refusals(returnPath, [found("CNAME", "em.example.com", "u1.wl.sendgrid.net")]);
    expect(adoptable).toContain('Set adopt.return-path to "zone/CNAME-em.example.com"');
  });

  it("is not the record of another type that this one replaces", () => {
    const old = found("TXT", "em.example.com", "x", "Return path");
    expect(refusals(returnPath, [old])).toEqual([]);
    expect(refusals(returnPath, [{ ...old, type: "CNAME" }])).toHaveLength(1);
  });

  it("is any text of the name where a name's texts are one record set", () => {
    const texts = [
      found("TXT", "example.com", "google-site-verification=1"),
      found("TXT", "example.com", "v=spf1 mx ~all"),
    ];
    const [refusal] = refusals(spf, texts, route53);
    expect(refusal).toContain('Set spf.existing to "v=spf1 mx ~all"');
    expect(refusal).toContain('{ "example.com": ["google-site-verification=1"] }');
    expect(refusals(spf, texts.slice(0, 1), route53)[0]).not.toContain("spf.existing");
  });

  it("is the zone itself, where the record does not lie in it", () => {
    const elsewhere = { ...spf, name: "example.org" };
    expect(refusals(elsewhere, [])).toEqual([
      "domain: does not lie in the zone example.com of Cloudflare. Give the zone that holds the domain, or another domain.",
    ]);
  });
});
