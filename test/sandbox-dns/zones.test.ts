import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DnsRecord, RecordError, Zones } from "../../sandbox/dns";
import { splitText } from "../../sandbox/dns/answer";

const zone = (...records: DnsRecord[]) => new Zones().create("example.com", records);
const A: DnsRecord = { name: "www.example.com", type: "A", value: "192.0.2.1" };
const ALIAS: DnsRecord = { name: "em.example.com", type: "CNAME", value: "u1.wl.sendgrid.net" };

describe("a zone", () => {
  test("keeps names in lower case and without trailing dot", () => {
    const added = zone().add({ name: "EM.Example.COM.", type: "CNAME", value: "U1.WL.SendGrid.net." });
    expect(added).toEqual({ name: "em.example.com", type: "CNAME", value: "u1.wl.sendgrid.net", ttl: 300 });
  });

  test("raises its serial with every change, and only then", () => {
    const changing = zone();
    const before = changing.serial;
    changing.add(A);
    changing.remove(A);
    expect(changing.remove(A)).toBe(false);
    expect(changing.serial).toBe(before + 2);
  });

  test("replaces the records of one name and type, and leaves the others", () => {
    const changing = zone(A, { ...A, value: "192.0.2.2" }, { name: A.name, type: "TXT", value: "stays" });
    changing.set("www.example.com", "A", [{ value: "192.0.2.3" }]);
    expect(changing.at("www.example.com").map(({ value }) => value)).toEqual(["stays", "192.0.2.3"]);
    changing.set("www.example.com", "A", []);
    expect(changing.records()).toMatchObject([{ type: "TXT" }]);
  });

  test("stays as it was when a replacement is refused", () => {
    const changing = zone(A);
    expect(() => changing.set("www.example.com", "A", [{ value: "192.0.2.9" }, { value: "no" }])).toThrow();
    expect(changing.at("www.example.com")).toMatchObject([{ value: "192.0.2.1" }]);
  });

  test.each<[string, DnsRecord, string]>([
    ["a label over 63 octets", { ...A, name: `${"a".repeat(64)}.example.com` }, "label of 64 octets"],
    ["a name over 253 characters", { ...A, name: `${"a.".repeat(122)}example.com` }, "255 characters"],
    ["an empty label", { ...A, name: "a..example.com" }, "empty label"],
    ["a name that is not ASCII", { ...A, name: "bücher.example.com" }, "xn--"],
    ["a name outside the zone", { ...A, name: "www.example.org" }, "outside the zone example.com"],
    ["a name that only ends alike", { ...A, name: "notexample.com" }, "outside the zone"],
    ["a malformed IPv4 address", { ...A, value: "192.0.2" }, 'value "192.0.2" is no IPv4 address'],
    ["an IPv4 address as AAAA", { ...A, type: "AAAA" }, "no IPv6 address"],
    [
      "an MX without priority",
      { name: "example.com", type: "MX", value: "mx.example.com" },
      "priority is missing",
    ],
    ["a priority beside another type", { ...A, priority: 1 }, "for MX records only"],
    ["a TXT over 65,000 octets", { name: A.name, type: "TXT", value: "k".repeat(65_001) }, "over 65000"],
    ["a null MX with a preference", { ...A, type: "MX", value: ".", priority: 10 }, "0 of a null MX"],
    ["the root as a CNAME's target", { ...ALIAS, value: "." }, "value is empty"],
    ["a target with an overlong label", { ...ALIAS, value: `${"a".repeat(70)}.net` }, "label of 70 octets"],
    ["a CNAME at the apex", { ...ALIAS, name: "example.com" }, "apex"],
    ["a negative TTL", { ...A, ttl: -1 }, "ttl -1"],
  ])("refuses %s", (_, record, reason) => {
    expect(() => zone().add(record)).toThrow(reason);
  });

  test.each<[string, DnsRecord, DnsRecord, string]>([
    ["the same record again", A, A, "the same record exists already"],
    ["a CNAME beside another record", A, { ...ALIAS, name: A.name }, "has a A record already"],
    ["a record beside a CNAME", ALIAS, { ...A, name: ALIAS.name }, "has a CNAME record already"],
    ["a second CNAME", ALIAS, { ...ALIAS, value: "u2.wl.sendgrid.net" }, "has a CNAME record already"],
  ])("refuses %s", (_, first, second, reason) => {
    expect(() => zone(first).add(second)).toThrow(reason);
  });

  test("names all faults of a record at once", () => {
    const record: DnsRecord = { name: "a..b", type: "A", value: "x", priority: 1, ttl: -1 };
    expect(() => zone().add(record)).toThrow(RecordError);
    expect(() => zone().add(record)).toThrow(/empty label; .*IPv4.*; .*MX records only; ttl -1/);
  });
});

describe("the zones", () => {
  test("give a record to the closest zone", () => {
    const zones = new Zones();
    zones.create("example.com");
    const inner = zones.create("sub.example.com");
    zones.add({ name: "a.sub.example.com", type: "A", value: "192.0.2.1" });
    expect(inner.records()).toHaveLength(1);
  });

  test("refuse a second zone of the same name and a record that belongs to none", () => {
    const zones = new Zones();
    zones.create("example.com");
    expect(() => zones.create("EXAMPLE.com.")).toThrow("exists already");
    expect(() => zones.add({ name: "x.org", type: "A", value: "192.0.2.1" })).toThrow("no zone encloses");
    expect(() => zones.zone("x.org")).toThrow("there are: example.com");
  });
});

test("TXT strings join to the text again, none over 255 octets", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2000, unit: "grapheme" }), (text) => {
      const strings = splitText(text);
      expect(Buffer.concat(strings).toString()).toBe(Buffer.from(text).toString());
      expect(Math.max(...strings.map((each) => each.length))).toBeLessThanOrEqual(255);
    }),
  );
});
