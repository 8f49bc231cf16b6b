import { describe, expect, it } from "vitest";
import { checkHost, type SpfRequest } from "../../../components/mail-dns/spf/evaluate";
import { type MemoryZone, memoryResolver } from "./memory-zone";

const check = (zone: MemoryZone, request: Partial<SpfRequest> = {}) =>
  checkHost(
    { ip: "192.0.2.1", sender: "joe@example.com", helo: "mail.example.com", ...request },
    memoryResolver(zone),
  );

const TREE: MemoryZone = {
  "example.com": [["TXT", "v=spf1 a:gone.example.com include:_spf.example.net ~all"]],
  "_spf.example.net": [["TXT", "v=spf1 exists:gone.example.com include:_netblocks.example.net ?all"]],
  "_netblocks.example.net": [["TXT", "v=spf1 ip4:192.0.2.0/24 -all"]],
};

describe("the evaluation of SPF", () => {
  it("says which terms spent lookups, with their paths, and which decided", async () => {
    expect(await check(TREE)).toEqual({
      result: "pass",
      matched: "example.com include:_spf.example.net",
      lookups: 4,
      voids: 2,
      spendings: [
        { path: "example.com a:gone.example.com", number: 1, voids: 1 },
        { path: "example.com include:_spf.example.net", number: 2, voids: 0 },
        { path: "example.com include:_spf.example.net > exists:gone.example.com", number: 3, voids: 1 },
        {
          path: "example.com include:_spf.example.net > include:_netblocks.example.net",
          number: 4,
          voids: 0,
        },
      ],
    });
  });

  it("takes a planned record in place of the published one", async () => {
    const planned = await check(TREE, { record: "v=spf1 -all exp=why.%{d}" });
    expect(planned).toMatchObject({ result: "fail", matched: "example.com -all", lookups: 0 });
  });

  it("says why there is an error, and where", async () => {
    const missing = await check({ "example.com": [["TXT", "v=spf1 include:a.example.com -all"]] });
    expect(missing).toMatchObject({
      result: "permerror",
      reason: "example.com include:a.example.com: a.example.com has no SPF record",
    });
    const silent = await check({
      "example.com": [["TXT", "v=spf1 include:a.example.com -all"]],
      "a.example.com": "TIMEOUT",
    });
    expect(silent).toMatchObject({
      result: "temperror",
      reason: "example.com include:a.example.com: nobody answers for a.example.com (TXT): DNS timeout",
    });
    expect(await check({})).toMatchObject({ result: "none", reason: "example.com has no SPF record" });
  });

  it("counts the eleventh lookup and the third void lookup, and ends there", async () => {
    const eleven = Array.from({ length: 12 }, () => "a:h.example.com").join(" ");
    const many = await check({ "h.example.com": [["A", "192.0.2.9"]] }, { record: `v=spf1 ${eleven} -all` });
    expect(many).toMatchObject({ result: "permerror", lookups: 11 });
    expect(many.reason).toBe("example.com a:h.example.com: is lookup 11, and 10 are allowed");
    const empty = await check({}, { record: "v=spf1 a:x.example.com a:y.example.com a:z.example.com +all" });
    expect(empty).toMatchObject({ result: "permerror", lookups: 3, voids: 3 });
    expect(empty.reason).toContain("nothing at z.example.com (A) is void lookup 3, and 2 are allowed");
  });

  it("asks nobody about terms that come after the one that decides", async () => {
    const asked: string[] = [];
    const resolver = memoryResolver(TREE, (name, type) => asked.push(`${name} ${type}`));
    const request = { ip: "192.0.2.1", sender: "joe@example.com", helo: "mail.example.com" };
    await checkHost({ ...request, record: "v=spf1 ip4:192.0.2.1 include:_spf.example.net -all" }, resolver);
    expect(asked).toEqual([]);
  });

  it("checks the HELO name for a bounce", async () => {
    const zone: MemoryZone = {
      "mail.example.com": [["TXT", "v=spf1 exists:%{l}.%{o} -all"]],
      "postmaster.mail.example.com": [["A", "127.0.0.2"]],
    };
    expect(await check(zone, { sender: "" })).toMatchObject({ result: "pass" });
  });

  it.each([
    [["x.example.net", "a.example.com", "example.com"], "example.com"],
    [["x.example.net", "A.Example.com"], "a.example.com"],
    [["x.example.net", "y.example.net"], "x.example.net"],
    [["forged.example.net"], "unknown"],
    [["silent.example.net"], "unknown"],
    [[], "unknown"],
  ])("expands the macro p of a client named %j to %s", async (names, expanded) => {
    const own: MemoryZone[string] = [["A", "192.0.2.1"]];
    const zone: MemoryZone = {
      "1.2.0.192.in-addr.arpa": names.map((name) => ["PTR", name]),
      "example.com": own,
      "a.example.com": own,
      "x.example.net": own,
      "y.example.net": own,
      "forged.example.net": [["A", "192.0.2.2"]],
      "silent.example.net": "TIMEOUT",
      "why.example.com": [["TXT", "%{p}"]],
    };
    const found = await check(zone, { record: "v=spf1 -all exp=why.example.com" });
    expect(found.explanation).toBe(expanded);
  });

  it.each([
    ["-all", "Go away"],
    ["~all", undefined],
    ["?all", undefined],
    ["+all", undefined],
  ])("explains %s with %j: only a fail is explained", async (all, explanation) => {
    const zone: MemoryZone = { "why.example.com": [["TXT", "Go away"]] };
    const found = await check(zone, { record: `v=spf1 ${all} exp=why.example.com` });
    expect(found.explanation).toBe(explanation);
  });

  it.each(["localhost", "[192.0.2.1]", "a..example.com", `${"a".repeat(64)}.example.com`])(
    "has no result for %s, and asks nobody (RFC 7208 section 4.3)",
    async (domain) => {
      const asked: string[] = [];
      const resolver = memoryResolver({}, (name) => asked.push(name));
      const request = { ip: "192.0.2.1", sender: `joe@${domain}`, helo: "mail.example.com" };
      expect(await checkHost(request, resolver)).toMatchObject({
        result: "none",
        reason: `${domain} is no domain name that can have an SPF record`,
      });
      expect(asked).toEqual([]);
    },
  );

  it("knows internationalized domains by their A-labels", async () => {
    const zone: MemoryZone = {
      "xn--bcher-kva.example": [["TXT", "v=spf1 exists:%{o}.list.example.com -all"]],
      "xn--bcher-kva.example.list.example.com": [["A", "127.0.0.2"]],
    };
    expect(await check(zone, { sender: "joe@b\u00fccher.example" })).toMatchObject({ result: "pass" });
  });

  it("does not match a local part beyond ASCII, and asks nobody (RFC 8616 section 4)", async () => {
    const asked: string[] = [];
    const resolver = memoryResolver({}, (name) => asked.push(name));
    const request = { ip: "192.0.2.1", sender: "jos\u00e9@example.com", helo: "mail.example.com" };
    const found = await checkHost({ ...request, record: "v=spf1 exists:%{l}.example.com -all" }, resolver);
    expect(found).toMatchObject({ result: "fail", voids: 0 });
    expect(asked).toEqual([]);
  });

  it.each(["192.0.2", "example.com", "", "192.0.2.1/24"])("refuses the address %j", async (ip) => {
    await expect(check(TREE, { ip })).rejects.toThrow(RangeError);
  });
});
