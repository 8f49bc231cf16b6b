import { describe, expect, it } from "vitest";
import { describeBudget, spfBudget } from "../../../components/mail-dns/spf/budget";
import { type MemoryZone, memoryResolver } from "./memory-zone";

const GOOGLE: MemoryZone = {
  "example.com": [
    ["TXT", "v=spf1 include:_spf.google.com mx ip4:192.0.2.1 ~all"],
    ["TXT", "google-site-verification=abc"],
    ["MX", { preference: 1, exchange: "mx.example.com" }],
  ],
  "mx.example.com": [["A", "192.0.2.2"]],
  "_spf.google.com": [["TXT", "v=spf1 include:_netblocks.google.com include:_netblocks2.google.com ~all"]],
  "_netblocks.google.com": [["TXT", "v=spf1 ip4:198.51.100.0/24 ~all"]],
  "_netblocks2.google.com": [["TXT", "v=spf1 ip6:2001:db8::/32 ~all"]],
};

const budget = (zone: MemoryZone, planned?: string) =>
  spfBudget("example.com", memoryResolver(zone), planned);

describe("the budget of an SPF record", () => {
  it("counts every term of the whole tree with its path, in the order of evaluation", async () => {
    const found = await budget(GOOGLE);
    expect(describeBudget(found)).toBe("SPF lookups 4 of 10");
    expect(found.spendings.map(({ path }) => path)).toEqual([
      "example.com include:_spf.google.com",
      "example.com include:_spf.google.com > include:_netblocks.google.com",
      "example.com include:_spf.google.com > include:_netblocks2.google.com",
      "example.com mx",
    ]);
    expect(found.problems).toEqual([]);
    // The exchanger has no IPv6 address.
    expect(found.voids).toEqual({ ipv4: 0, ipv6: 1 });
  });

  it("has the size of each record, and of the answer with all other texts of the name", async () => {
    const { records } = await budget(GOOGLE);
    expect(records.map(({ domain, size }) => [domain, size.text])).toEqual([
      ["example.com", 52],
      ["_spf.google.com", 72],
      ["_netblocks.google.com", 31],
      ["_netblocks2.google.com", 29],
    ]);
    // Header 12, question 13 + 4, two records of 12 + 1 + text.
    expect(records[0]?.size.answer).toBe(12 + 17 + (13 + 52) + (13 + 28));
  });

  it("is that of a planned record in place of the published one", async () => {
    expect(describeBudget(await budget(GOOGLE, "v=spf1 a -all"))).toBe("SPF lookups 1 of 10");
    expect(describeBudget(await budget({}, "v=spf1 ip4:192.0.2.1 -all"))).toBe("SPF lookups 0 of 10");
  });

  it("goes on counting after ten", async () => {
    const includes = Array.from({ length: 12 }, (_, index) => `s${index}.example.net`);
    const zone: MemoryZone = {
      "example.com": [["TXT", `v=spf1 ${includes.map((name) => `include:${name}`).join(" ")} -all`]],
      ...Object.fromEntries(includes.map((name) => [name, [["TXT", "v=spf1 a:h.example.net -all"]]])),
      "h.example.net": [["A", "192.0.2.1"]],
    };
    expect((await budget(zone)).lookups).toBe(24);
  });

  it("leaves out what nobody gets to: terms after all, and redirect beside it", async () => {
    const found = await budget({}, "v=spf1 -all include:gone.example.com redirect=gone.example.com");
    expect([found.lookups, found.problems]).toEqual([0, []]);
  });

  it("follows redirect, and the macro d", async () => {
    const zone: MemoryZone = {
      "example.com": [["TXT", "v=spf1 redirect=_spf.%{d}"]],
      "_spf.example.com": [["TXT", "v=spf1 exists:x.%{d2} -all"]],
      "x.example.com": [["A", "127.0.0.2"]],
    };
    const found = await budget(zone);
    expect(found.spendings).toEqual([
      { path: "example.com redirect=_spf.%{d}", voids: { ipv4: 0, ipv6: 0 } },
      { path: "example.com redirect=_spf.%{d} > exists:x.%{d2}", voids: { ipv4: 0, ipv6: 0 } },
    ]);
    expect(found.problems).toEqual([]);
  });

  it("counts what depends on the sender, notes it, and asks nobody", async () => {
    const asked: string[] = [];
    const resolver = memoryResolver({}, (name, type) => asked.push(`${name} ${type}`));
    const found = await spfBudget(
      "example.com",
      resolver,
      "v=spf1 exists:%{i}.x.example.com include:%{l}.example.com ptr ~all",
    );
    expect(found.lookups).toBe(3);
    expect(found.notFollowed).toEqual([
      "example.com exists:%{i}.x.example.com: macros of the sender or client",
      "example.com include:%{l}.example.com: macros of the sender or client",
      "example.com ptr: the names of the client",
    ]);
    expect(asked).toEqual(["example.com TXT"]);
  });

  it("counts queries that find nothing", async () => {
    const zone: MemoryZone = { "mx.example.com": [["MX", { preference: 1, exchange: "gone.example.com" }]] };
    const found = await budget(
      zone,
      "v=spf1 a:gone.example.com mx:gone.example.com mx:mx.example.com exists:gone.example.com -all",
    );
    expect(found.voids).toEqual({ ipv4: 4, ipv6: 4 });
  });

  it("names what makes it fail, each with its path", async () => {
    const zone: MemoryZone = {
      "two.example.com": [
        ["TXT", "v=spf1 a -all"],
        ["TXT", "v=spf1 mx -all"],
      ],
      "bad.example.com": [["TXT", "v=spf1 bogus"]],
      "loop.example.com": [["TXT", "v=spf1 include:%{d} -all"]],
      "back.example.com": [["TXT", "v=spf1 include:example.com -all"]],
      "silent.example.com": "TIMEOUT",
      "many.example.com": Array.from({ length: 11 }, (_, index) => [
        "MX",
        { preference: index, exchange: `m${index}.example.com` },
      ]),
    };
    const names = ["gone", "two", "bad", "loop", "back", "silent"].map(
      (name) => `include:${name}.example.com`,
    );
    const found = await budget(zone, `v=spf1 ${names.join(" ")} mx:many.example.com -all`);
    expect(found.problems.map(({ kind, path }) => [kind, path])).toEqual([
      ["missing", "example.com include:gone.example.com"],
      ["several", "example.com include:two.example.com"],
      ["invalid", "example.com include:bad.example.com"],
      ["loop", "example.com include:loop.example.com > include:%{d}"],
      ["loop", "example.com include:back.example.com > include:example.com"],
      ["unknown", "example.com include:silent.example.com"],
      ["names", "example.com mx:many.example.com"],
    ]);
  });

  it("ends with a tree that never ends", async () => {
    const zone: MemoryZone = new Proxy<MemoryZone>(
      {},
      { get: () => [["TXT", "v=spf1 include:a.%{d} include:b.%{d} -all"]] satisfies MemoryZone[string] },
    );
    const found = await budget(zone);
    expect(found.records.length).toBe(100);
    expect(found.problems.some(({ kind }) => kind === "too-large")).toBe(true);
  });
});
