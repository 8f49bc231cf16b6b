import { describe, expect, it } from "vitest";
import { spfBudget } from "../../../components/mail-dns/spf/budget";
import { inspectSpf } from "../../../components/mail-dns/spf/findings";
import { type MemoryZone, memoryResolver } from "./memory-zone";

const inspect = (text: string) =>
  inspectSpf(text, "example.com").map(({ severity, message }) => `${severity}: ${message}`);

describe("the findings of an SPF record", () => {
  it("are none for a record without anything to say", () => {
    expect(
      inspect("v=spf1 a mx include:_spf.example.net ip4:8.8.8.0/24 ip6:2600::/32 exp=why.example.com ~all"),
    ).toEqual([]);
    expect(inspect("v=spf1 redirect=_spf.example.net")).toEqual([]);
    expect(inspect("v=spf1 -all")).toEqual([]);
  });

  it.each([
    ["v=spf1 bogus", "error: receivers ignore the whole record", "bogus"],
    ["v=spf1 a all", "error: ", '"all" lets everybody in the world'],
    ["v=spf1 a", "warning: ", 'without "all" and "redirect"'],
    ["v=spf1 a ?all", "warning: ", '"?all" says nothing'],
    ["v=spf1 -all a mx", "warning: ", 'nothing after "all" is tried: a mx'],
    ["v=spf1 -all redirect=b.example.com", "warning: ", '"redirect=b.example.com" is ignored beside "all"'],
    ["v=spf1 ptr -all", "warning: ", '"ptr" is slow'],
    ["v=spf1 exists:%{p}.example.com -all", "warning: ", "the macro p"],
    ["v=spf1 mx a ~mx/32 -all", "warning: ", '"~mx/32" has no effect after "mx"'],
    ["v=spf1 include:Example.com. -all", "error: ", "includes the record in itself"],
    ["v=spf1 ip4=8.8.8.8 -all", "error: ", '"ip4=8.8.8.8" is an unknown modifier'],
    ["v=spf1 ra=postmaster -all", "info: ", '"ra=postmaster" is a modifier that receivers ignore'],
    ["v=spf1 MX -all", "info: ", "capitals make no difference"],
    ["v=spf1 ip4:0.0.0.0/1 -all", "error: ", "a large part of the internet"],
    ["v=spf1 ip4:10.0.0.0/8 -all", "warning: ", "is private address space"],
    ["v=spf1 ip4:8.8.8.8/24 -all", "info: ", "has bits beyond its prefix"],
    [
      "v=spf1 ip4:8.8.8.0/24 ip4:8.8.8.8 -all",
      "info: ",
      '"ip4:8.8.8.8" has no effect: "ip4:8.8.8.0/24" before it',
    ],
    ["v=spf1 ip4:8.8.8.8 ip4:8.8.8.0/24 -all", "info: ", '"ip4:8.8.8.8" lies within "ip4:8.8.8.0/24"'],
  ])("of %s: %s%s", (text, severity, message) => {
    expect(inspect(text)).toContainEqual(expect.stringContaining(message));
    expect(inspect(text).find((finding) => finding.includes(message))).toMatch(new RegExp(`^${severity}`));
  });

  it("tell once of the same range in two spellings", () => {
    expect(inspect("v=spf1 ip4:8.8.8.8 ip4:8.8.8.8/32 -all")).toEqual([
      expect.stringContaining('"ip4:8.8.8.8/32" has no effect after "ip4:8.8.8.8"'),
    ]);
  });

  it("say nothing of a capital in a macro, which escapes", () => {
    expect(inspect("v=spf1 exists:%{L}.example.com -all")).toEqual([]);
  });

  it.each([
    [8, undefined],
    [9, "warning"],
    [10, "warning"],
    [11, "error"],
  ])("of %i lookups have severity %s", (count, severity) => {
    const terms = Array.from({ length: count }, (_, index) => `a:h${index}.example.com`).join(" ");
    const [finding] = inspectSpf(`v=spf1 ${terms} -all`, "example.com");
    expect(finding?.severity).toBe(severity);
    if (severity !== undefined) {
      expect(finding?.message).toContain(`takes ${count} lookups of 10`);
    }
  });

  it("tell of a record over 255 octets and of an answer over 512", () => {
    const ranges = (count: number) =>
      Array.from({ length: count }, (_, index) => `ip4:8.8.${index}.0/24`).join(" ");
    expect(inspect(`v=spf1 ${ranges(12)} -all`)).toEqual([]);
    expect(inspect(`v=spf1 ${ranges(20)} -all`)).toEqual([
      expect.stringMatching(/^info: the record has 321 octets .* 2 strings/),
    ]);
    expect(inspect(`v=spf1 ${ranges(40)} -all`)).toContainEqual(
      expect.stringMatching(/^warning: the answer .* octets; over 512/),
    );
  });

  it("with a budget name included records that fail, and void lookups", async () => {
    const text = "v=spf1 include:gone.example.net a:x.example.com a:y.example.com a:z.example.com -all";
    const zone: MemoryZone = { "x.example.com": [["AAAA", "2600::1"]] };
    const found = await spfBudget("example.com", memoryResolver(zone), text);
    expect(inspectSpf(text, "example.com", found, "spf")).toMatchObject([
      {
        severity: "error",
        path: "spf",
        message: "example.com include:gone.example.net: gone.example.net has no SPF record",
      },
      {
        severity: "error",
        path: "spf",
        message: expect.stringContaining("3 queries find nothing for clients with IPv4"),
      },
    ]);
  });

  it("only warn of void lookups that meet IPv6 alone", async () => {
    const text = "v=spf1 a:x.example.com mx:m.example.com a:z.example.com -all";
    const zone: MemoryZone = {
      "x.example.com": [["A", "8.8.8.8"]],
      "m.example.com": [["MX", { preference: 1, exchange: "x.example.com" }]],
      "z.example.com": [["A", "8.8.8.8"]],
    };
    const found = await spfBudget("example.com", memoryResolver(zone), text);
    expect(inspectSpf(text, "example.com", found)).toMatchObject([
      {
        severity: "warning",
        message: expect.stringContaining("3 queries find nothing for clients with IPv6"),
      },
    ]);
  });

  it("each say what to do, and are sentences without and with a full stop", () => {
    const all = inspectSpf(
      "v=spf1 PTR a a +all mx ip4:10.0.0.1/8 ip4=x redirect=b.example.com",
      "example.com",
    );
    expect(all.length).toBeGreaterThan(6);
    for (const { message, next } of all) {
      expect(message).not.toMatch(/\.$/);
      expect(next).toMatch(/\.$/);
    }
  });
});
