import { describe, expect, it } from "vitest";
import { flattenSpf } from "../../../components/mail-dns/spf/flatten";
import { type MemoryZone, memoryResolver } from "./memory-zone";

const flatten = (zone: MemoryZone) => flattenSpf("example.com", memoryResolver(zone));

describe("flattening", () => {
  it("lists each address of the whole tree once, in the order of evaluation, and keeps the default", async () => {
    const found = await flatten({
      "example.com": [
        ["TXT", "v=spf1 mx/28 include:a.example.net redirect=b.example.net"],
        ["MX", { preference: 1, exchange: "h.example.com" }],
      ],
      "h.example.com": [
        ["A", "192.0.2.1"],
        ["AAAA", "2001:db8::1"],
      ],
      "a.example.net": [["TXT", "v=spf1 ip4:198.51.100.0/24 a:h.example.com -all"]],
      "b.example.net": [["TXT", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.9/32 -all"]],
    });
    expect(found.text).toBe(
      "v=spf1 ip4:192.0.2.1/28 ip6:2001:db8::1 ip4:198.51.100.0/24 ip4:192.0.2.1 ip4:203.0.113.9/32 -all",
    );
    expect(found.addresses).toHaveLength(5);
    expect(found.lost).toEqual([]);
    expect(found.lookups).toBe(3);
    expect(found.size.text).toBe(found.text.length);
  });

  it("reports what a list of addresses cannot say", async () => {
    const found = await flatten({
      "example.com": [
        [
          "TXT",
          "v=spf1 exists:%{i}.x.example.com ptr -ip4:192.0.2.7 a:gone.example.com include:a.example.net include:no.example.net ~all",
        ],
      ],
      "a.example.net": [["TXT", "v=spf1 include:example.com include:silent.example.net all"]],
      "silent.example.net": "TIMEOUT",
    });
    expect(found.text).toBe("v=spf1 ~all");
    expect(found.lost).toEqual([
      "example.com exists:%{i}.x.example.com: depends on the sender or the client",
      "example.com ptr: depends on the sender or the client",
      "example.com -ip4:192.0.2.7: is an exception, which a list of those who pass cannot say",
      "example.com a:gone.example.com: gone.example.com has no addresses",
      "example.com include:a.example.net > include:example.com: leads back to example.com",
      "example.com include:a.example.net > include:silent.example.net: DNS timeout",
      "example.com include:a.example.net > all: passes everybody, which no list of addresses does",
      "example.com include:no.example.net: no.example.net has 0 SPF records",
    ]);
    expect(found.risks).toContainEqual(expect.stringContaining("No addresses were found"));
  });

  it("always warns that the copy goes stale, and of an answer over 512 octets", async () => {
    const ranges = Array.from({ length: 40 }, (_, index) => `ip4:8.8.${index}.0/24`).join(" ");
    const found = await flatten({ "example.com": [["TXT", `v=spf1 ${ranges} -all`]] });
    expect(found.risks).toEqual([
      expect.stringContaining("without notice"),
      expect.stringContaining("may not be needed"),
      expect.stringMatching(/The answer has \d+ octets/),
    ]);
  });
});
