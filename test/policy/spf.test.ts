import { describe, expect, it } from "vitest";
import type { DnsAnswer, DnsData, DnsResolver, DnsType } from "../../components/mail-dns/resolver";
import { UNKNOWN, type Value } from "../../mail-resources/value";
import { spfAll, spfSingle, spfSyntax } from "../../policy/rules/spf";
import { brokenIncludes, overBudget, spfLookups } from "../../policy/rules/spf-lookups";
import { messages, record, resource, txt } from "./resources";

const at = "example.com";

describe("spf-all", () => {
  it.each([
    ["v=spf1 +all", '"+all" lets everybody in the world send as this domain'],
    ["v=spf1 all", '"+all" lets everybody in the world send as this domain'],
    ["V=SPF1 include:x.example ALL", '"+all" lets everybody in the world send as this domain'],
    [
      "v=spf1 ip4:0.0.0.0/0 -all",
      "a range with the prefix /0 lets everybody in the world send as this domain",
    ],
    ["v=spf1 ip6:::/0 ~all", "a range with the prefix /0 lets everybody in the world send as this domain"],
    ["v=spf1 include:x.example", 'without "all" and "redirect" the record says nothing about everybody else'],
  ])("refuses %s", async (text, message) => {
    expect(await messages(spfAll, [txt(at, text)])).toEqual([`${at}: ${message}`]);
  });

  it.each([
    "v=spf1 -all",
    "v=spf1 include:x.example ~all",
    "v=spf1 ?all",
    "v=spf1 redirect=x.example",
    "v=spf1 -ip4:0.0.0.0/0 ~all",
    "v=spf2.0/pra +all",
    "spf1 +all",
    "v=spf1 ipv4:192.0.2.1",
  ])("has nothing to say about %s", async (text) => {
    expect(await messages(spfAll, [txt(at, text)])).toEqual([]);
  });

  it("refuses ?all where it is set so", async () => {
    expect(await messages(spfAll, [txt(at, "v=spf1 ?all")], { neutral: false })).toEqual([
      `${at}: "?all" says nothing about everybody else`,
    ]);
  });

  it("says nothing about a text that is not known", async () => {
    expect(await messages(spfAll, [txt(at, UNKNOWN), record(at, "TXT", UNKNOWN)])).toEqual([]);
  });
});

describe("spf-syntax", () => {
  it("names each term that is wrong", async () => {
    const [message, ...more] = await messages(spfSyntax, [txt(at, "v=spf1 ipv4:192.0.2.1 include -all")]);
    expect(message).toContain(`${at}: "ipv4:192.0.2.1" is neither an SPF mechanism nor a modifier`);
    expect(message).toContain('"include" needs a value');
    expect(more).toEqual([]);
  });

  it("says nothing about a record that is right, or another text", async () => {
    expect(await messages(spfSyntax, [txt(at, "v=spf1 a mx -all"), txt(at, "v=spf10 nonsense")])).toEqual([]);
  });
});

describe("spf-single", () => {
  const one = txt(at, "v=spf1 -all");
  const two = txt(at, "v=spf1 ~all");

  it("refuses two records of two resources, and says where the other is", async () => {
    expect(await spfSingle.check([one, two])).toEqual([
      { urn: two.urn, message: `${at} has 2 SPF records, also in ${one.name}` },
    ]);
  });

  it("refuses two records in one record set of Route 53", async () => {
    const set = resource("aws:route53/record:Record", {
      ...{
        zoneId: "Z1",
        name: "Example.com.",
        type: "TXT",
        records: ["v=spf1 -all", "v=spf1 a -all", "other"],
      },
    });
    expect(await messages(spfSingle, [set])).toEqual(["example.com has 2 SPF records"]);
  });

  it("allows one a name, one a zone, and any number of other texts", async () => {
    const elsewhere = txt(at, "v=spf1 ~all", { zoneId: "z2" });
    expect(await messages(spfSingle, [one, elsewhere, txt(`a.${at}`, "v=spf1 ~all"), txt(at, "x")])).toEqual(
      [],
    );
  });

  it("says nothing where a zone is not known", async () => {
    const later: Record<string, Value> = { zoneId: UNKNOWN };
    expect(await messages(spfSingle, [txt(at, "v=spf1 -all", later), txt(at, "v=spf1 ~all", later)])).toEqual(
      [],
    );
  });
});

describe("spf-lookups", () => {
  const included = txt("in.example.com", "v=spf1 ip4:192.0.2.0/24 -all");
  const including = (count: number) => txt(at, `v=spf1 ${"include:in.example.com ".repeat(count)}-all`);

  it("counts what the stack itself publishes, without asking anybody", async () => {
    expect(await overBudget([including(11), included], 10, undefined)).toEqual([
      { urn: including(11).urn, message: `${at}: the SPF record takes 11 look-ups, and 10 are allowed` },
    ]);
    expect(await overBudget([including(10), included], 10, undefined)).toEqual([]);
  });

  it("counts nested records, those of the stack before those of DNS", async () => {
    const nested = txt("in.example.com", `v=spf1 ${"include:other.example ".repeat(5)}-all`);
    const dns = dnsWith({ "other.example": "v=spf1 a:1.example -all", "in.example.com": "v=spf1 -all" });
    const [violation] = await overBudget([including(1), nested], 10, dns);
    expect(violation?.message).toBe(`${at}: the SPF record takes 11 look-ups, and 10 are allowed`);
  });

  it("has a limit of its own", async () => {
    expect(await messages(spfLookups, [including(3), included], { lookUp: false, limit: 2 })).toEqual([
      `${at}: the SPF record takes 3 look-ups, and 2 are allowed`,
    ]);
  });

  it("refuses more than two look-ups that find nothing", async () => {
    const text = "v=spf1 a:no1.example a:no2.example exists:no3.example -all";
    expect((await overBudget([txt(at, text)], 10, dnsWith({})))[0]?.message).toContain(
      "the SPF record finds nothing in 3 look-ups, and 2 are allowed: example.com a:no1.example, ",
    );
  });

  it("finds hosts whose addresses are not known yet, as the stack makes them", async () => {
    const text = "v=spf1 a:h1.example.com a:h2.example.com a:h3.example.com -all";
    const hosts = ["h1", "h2", "h3"].map((name) => record(`${name}.example.com`, "A", UNKNOWN));
    expect(await overBudget([txt(at, text), ...hosts], 10, dnsWith({}))).toEqual([]);
  });

  it("does not take silence for nothing", async () => {
    const text = "v=spf1 a:h1.example a:h2.example a:h3.example include:x.example -all";
    expect(await overBudget([txt(at, text)], 10, silent)).toEqual([]);
    expect(await brokenIncludes([txt(at, text)], silent)).toEqual([]);
  });
});

describe("spf-includes", () => {
  it("refuses an include without SPF, and says which way it leads", async () => {
    const dns = dnsWith({ "x.example": "v=spf1 include:gone.example -all" });
    expect((await brokenIncludes([txt(at, "v=spf1 include:x.example -all")], dns))[0]?.message).toBe(
      "example.com include:x.example > include:gone.example: gone.example has no SPF record",
    );
  });

  it("follows a CNAME of the stack, and says nothing about its own syntax", async () => {
    const alias = record("alias.example.com", "CNAME", "x.example");
    const dns = dnsWith({ "x.example": "v=spf1 -all" });
    expect(await brokenIncludes([txt(at, "v=spf1 include:alias.example.com -all"), alias], dns)).toEqual([]);
    expect(await brokenIncludes([txt(at, "v=spf1 nonsense -all")], dns)).toEqual([]);
  });

  it("says nothing about a record of the stack that is not known", async () => {
    const resources = [txt(at, "v=spf1 include:in.example.com -all"), txt("in.example.com", UNKNOWN)];
    expect(await brokenIncludes(resources, dnsWith({}))).toEqual([]);
  });
});

/** DNS that has these TXT records and nothing else. */
function dnsWith(texts: Record<string, string>): DnsResolver {
  const readers: { [T in DnsType]: (name: string) => DnsData[T][] } = {
    ...{ A: () => [], AAAA: () => [], CNAME: () => [], MX: () => [], NS: () => [], PTR: () => [] },
    TXT: (name) => (texts[name] === undefined ? [] : [texts[name]]),
  };
  return {
    lookUp: async <T extends DnsType>(name: string, type: T): Promise<DnsAnswer<T>> => ({
      exists: texts[name] !== undefined,
      records: readers[type](name),
    }),
  };
}

const silent: DnsResolver = { lookUp: async () => await Promise.reject(new Error("no answer in time")) };
