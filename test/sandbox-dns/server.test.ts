import { createServer } from "node:net";
import { decode, encode } from "dns-packet";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DnsServer, resolver, startDns, Zones } from "../../sandbox/dns";
import { ask, type Decoded, edns, overTcp, overUdp, query } from "./client";

const LONG_TEXT = "k=rsa; p=".padEnd(600, "ABCDEFGH");

let server: DnsServer;
let zones: Zones;

beforeAll(async () => {
  zones = new Zones();
  zones.create("example.com", [
    { name: "example.com", type: "A", value: "192.0.2.1" },
    { name: "example.com", type: "MX", value: "mx.example.com", priority: 10 },
    { name: "v6.example.com", type: "AAAA", value: "2001:db8::1" },
    { name: "em.example.com", type: "CNAME", value: "u1.wl.sendgrid.net" },
    { name: "s1._domainkey.example.com", type: "CNAME", value: "s1.domainkey.u1.wl.sendgrid.net" },
    { name: "dangling.example.com", type: "CNAME", value: "gone.sendgrid.net" },
    { name: "outside.example.com", type: "CNAME", value: "nowhere.invalid" },
    { name: "loop1.example.com", type: "CNAME", value: "loop2.example.com" },
    { name: "loop2.example.com", type: "CNAME", value: "loop1.example.com" },
    { name: "*.wild.example.com", type: "TXT", value: "any" },
    { name: "present.wild.example.com", type: "A", value: "192.0.2.2" },
    { name: "*._domainkey.mute.example.com", type: "TXT", value: "v=DKIM1; p=" },
    { name: "mute.example.com", type: "MX", value: ".", priority: 0 },
    { name: "empty.example.com", type: "TXT", value: "" },
    { name: "longest.example.com", type: "TXT", value: "k".repeat(65_000) },
    { name: "big.example.com", type: "TXT", value: "x".repeat(3000) },
    { name: "em.example.com.deep.example.com", type: "TXT", value: "far below" },
  ]);
  zones.create("sendgrid.net", [
    { name: "u1.wl.sendgrid.net", type: "TXT", value: "v=spf1 ip4:192.0.2.20 -all" },
    { name: "u1.wl.sendgrid.net", type: "MX", value: "mx.sendgrid.net.", priority: 10 },
    { name: "s1.domainkey.u1.wl.sendgrid.net", type: "TXT", value: LONG_TEXT },
  ]);
  server = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }] });
});

afterAll(() => server.close());

const authorities = (answer: Decoded) => answer.authorities?.map(({ type, name }) => `${type} ${name}`);
const lines = (answer: Decoded) =>
  answer.answers?.map(
    (each) => `${each.name} ${each.type} ${"data" in each ? JSON.stringify(each.data) : ""}`,
  );

describe("an answer", () => {
  test.each([
    ["example.com", "A", ['example.com A "192.0.2.1"']],
    ["v6.example.com", "AAAA", ['v6.example.com AAAA "2001:db8::1"']],
    ["example.com", "MX", ['example.com MX {"preference":10,"exchange":"mx.example.com"}']],
    ["example.com", "NS", ['example.com NS "ns1.example.com"']],
    ["em.example.com", "CNAME", ['em.example.com CNAME "u1.wl.sendgrid.net"']],
  ])("for %s %s holds the record and is authoritative", async (name, type, expected) => {
    const answer = await ask(server.port, name, type);
    expect(lines(answer)).toEqual(expected);
    expect(answer).toMatchObject({ rcode: "NOERROR", flag_aa: true, flag_qr: true, flag_ra: true, id: 4711 });
  });

  test("follows a CNAME into another zone", async () => {
    const answer = await ask(server.port, "em.example.com", "MX");
    expect(lines(answer)).toEqual([
      'em.example.com CNAME "u1.wl.sendgrid.net"',
      'u1.wl.sendgrid.net MX {"preference":10,"exchange":"mx.sendgrid.net"}',
    ]);
  });

  test("keeps the case of the question in its first owner name", async () => {
    const answer = await ask(server.port, "eXaMpLe.CoM", "A");
    expect(answer.questions?.[0]?.name).toBe("eXaMpLe.CoM");
    expect(answer.answers?.[0]?.name).toBe("eXaMpLe.CoM");
  });

  test("splits a TXT record into strings of at most 255 octets", async () => {
    const answer = await ask(server.port, "s1._domainkey.example.com", "TXT", edns(1232));
    const text = answer.answers?.find((each) => each.type === "TXT");
    const strings = text && "data" in text && Array.isArray(text.data) ? text.data.map(String) : [];
    expect(strings.map((each) => each.length)).toEqual([255, 255, 90]);
    expect(strings.join("")).toBe(LONG_TEXT);
  });

  test("to ANY holds everything the name has", async () => {
    const answer = await ask(server.port, "example.com", "ANY");
    expect(answer.answers?.map(({ type }) => type).sort()).toEqual(["A", "MX", "NS", "SOA"]);
  });

  test("comes from a wildcard where the name does not exist", async () => {
    expect(lines(await ask(server.port, "a.b.wild.example.com", "TXT"))).toHaveLength(1);
    expect(lines(await ask(server.port, "present.wild.example.com", "TXT"))).toEqual([]);
  });
});

describe("the client of Node gets", () => {
  const ask = (name: string, type: string) => resolver("127.0.0.1", server.port)(name, type);

  test("the empty host of a null MX", async () => {
    expect(await ask("mute.example.com", "MX")).toMatchObject([{ exchange: "", priority: 0 }]);
  });

  test("a wildcard's text at any name below", async () => {
    expect(await ask("s1._domainkey.mute.example.com", "TXT")).toEqual([["v=DKIM1; p="]]);
    await expect(ask("_domainkey.mute.example.com", "TXT")).rejects.toMatchObject({ code: "ENODATA" });
  });

  test("texts from none to the most octets", async () => {
    expect(await ask("empty.example.com", "TXT")).toEqual([[""]]);
    expect(await ask("longest.example.com", "TXT")).toEqual([
      [...Array<string>(254).fill("k".repeat(255)), "k".repeat(65_000 - 254 * 255)],
    ]);
  });
});

describe("a negative answer", () => {
  test.each([
    ["a name that does not exist", "nope.example.com", "A", "NXDOMAIN", "SOA example.com"],
    ["a type that the name lacks", "example.com", "AAAA", "NOERROR", "SOA example.com"],
    ["a name that only has names below it", "_domainkey.example.com", "TXT", "NOERROR", "SOA example.com"],
    ["a dangling CNAME", "dangling.example.com", "A", "NXDOMAIN", "SOA sendgrid.net"],
    ["a CNAME out of every zone", "outside.example.com", "A", "NXDOMAIN", "SOA ."],
    ["a name in no zone", "other.org", "TXT", "NXDOMAIN", "SOA ."],
    ["a service record below a top level", "_dmarc.com", "TXT", "NXDOMAIN", "SOA ."],
    ["the parent of a zone", "com", "TXT", "NOERROR", "SOA ."],
    ["a type unknown to the server", "example.com", "UNKNOWN_65", "NOERROR", "SOA example.com"],
  ])("for %s carries the SOA", async (_, name, type, rcode, authority) => {
    const answer = await ask(server.port, name, type);
    expect(answer.rcode).toBe(rcode);
    expect(authorities(answer)).toEqual([authority]);
  });

  test("for a CNAME loop is SERVFAIL", async () => {
    expect((await ask(server.port, "loop1.example.com", "A")).rcode).toBe("SERVFAIL");
  });

  test("for a zone transfer is REFUSED", async () => {
    expect((await ask(server.port, "example.com", "AXFR")).rcode).toBe("REFUSED");
  });

  test("for another class than IN is REFUSED", async () => {
    const chaos = encode({ type: "query", questions: [{ name: "version.bind", type: "TXT", class: "CH" }] });
    expect(decode(await overUdp(server.port, chaos))).toMatchObject({ rcode: "REFUSED" });
  });
});

describe("the transport", () => {
  test("truncates an answer that is too big for UDP, and gives it over TCP", async () => {
    const truncated = await ask(server.port, "big.example.com", "TXT", edns(4096));
    expect(truncated).toMatchObject({ flag_tc: true, answers: [] });

    const [whole] = await overTcp(server.port, query("big.example.com", "TXT"));
    expect(whole && decode(whole)).toMatchObject({ flag_tc: false, answers: [{ type: "TXT" }] });
  });

  test("truncates at 512 octets without EDNS", async () => {
    const name = "s1._domainkey.example.com";
    expect(await ask(server.port, name, "TXT")).toMatchObject({ flag_tc: true });
    expect(await ask(server.port, name, "TXT", edns(1232))).toMatchObject({ flag_tc: false });
  });

  test("answers EDNS with EDNS, and a later version with BADVERS", async () => {
    const opt = (answer: Decoded) => answer.additionals?.find((each) => each.type === "OPT");
    expect(opt(await ask(server.port, "example.com", "A", edns(4096)))).toMatchObject({
      udpPayloadSize: 1232,
    });
    expect(opt(await ask(server.port, "example.com", "A", edns(4096, 1)))).toMatchObject({
      extendedRcode: 1,
    });
    expect(opt(await ask(server.port, "example.com", "A"))).toBeUndefined();
  });

  test("answers several questions that arrive together over one TCP connection", async () => {
    const answers = await overTcp(server.port, query("example.com", "A"), query("example.com", "MX"));
    expect(answers.map((each) => decode(each).answers?.[0]?.type)).toEqual(["A", "MX"]);
  });

  test.each([
    [
      "two questions",
      encode({ questions: [1, 2].map(() => ({ name: "example.com", type: "A" as const })) }),
      1,
    ],
    ["no question", encode({ type: "query", questions: [] }), 1],
    ["a name that runs over the end", query("example.com", "A").subarray(0, 20), 1],
    ["an update", Buffer.from(query("example.com", "A")).fill(0x28, 2, 3), 4],
  ])("answers a packet with %s by its response code", async (_, octets, rcode) => {
    const answer = await overUdp(server.port, octets);
    expect(answer.readUInt16BE(2) & 15).toBe(rcode);
    expect(answer.readUInt16BE(0)).toBe(octets.readUInt16BE(0));
  });

  test("survives any octets, and still answers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (octets) => {
        await overTcp(server.port, Buffer.from(octets)).catch(() => []);
        expect((await ask(server.port, "example.com", "A")).rcode).toBe("NOERROR");
      }),
      { numRuns: 50 },
    );
  });

  test("is the same port for UDP and TCP", async () => {
    const other = await startDns({ zones, listen: [1, 2].map(() => ({ address: "127.0.0.1", port: 0 })) });
    try {
      for (const { port } of other.addresses) {
        expect(lines(await ask(port, "example.com", "A"))).toHaveLength(1);
        expect(await overTcp(port, query("example.com", "A"))).toHaveLength(1);
      }
    } finally {
      await other.close();
    }
  });

  test("refuses a taken port and leaves nothing bound", async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
    const address = free.address();
    const taken = typeof address === "object" && address ? address.port : 0;
    const start = () => startDns({ zones, listen: [{ address: "127.0.0.1", port: taken }] });
    await expect(start()).rejects.toThrow("EADDRINUSE");
    await new Promise((resolve) => free.close(resolve));
    await (await start()).close();
  });
});

describe("the query log", () => {
  test("remembers the latest queries, no more than it was told to", async () => {
    const small = await startDns({ zones, listen: [{ address: "127.0.0.1", port: 0 }], logSize: 2 });
    try {
      for (const name of ["one.example.com", "two.example.com", "example.com"])
        await ask(small.port, name, "A");
      expect(small.queries()).toMatchObject([
        { name: "two.example.com", type: "A", rcode: 3, transport: "udp", client: "127.0.0.1" },
        { name: "example.com", type: "A", rcode: 0 },
      ]);
    } finally {
      await small.close();
    }
  });
});

describe("the resolver", () => {
  test("gives what node:dns gives, following CNAMEs and falling back to TCP", async () => {
    const resolve = resolver("127.0.0.1", server.port);
    expect(await resolve("em.example.com", "TXT")).toEqual([["v=spf1 ip4:192.0.2.20 -all"]]);
    expect(await resolve("em.example.com", "MX")).toMatchObject([
      { exchange: "mx.sendgrid.net", priority: 10 },
    ]);
    expect(await resolve("big.example.com", "TXT")).toEqual([
      Array.from({ length: 12 }, (_, index) => "x".repeat(index < 11 ? 255 : 195)),
    ]);
  });

  test.each([
    ["nope.example.com", "A", "ENOTFOUND"],
    ["example.com", "AAAA", "ENODATA"],
    ["em.example.com", "A", "ENODATA"],
    ["loop1.example.com", "A", "ESERVFAIL"],
  ])("rejects %s %s with %s", async (name, type, code) => {
    await expect(resolver("127.0.0.1", server.port)(name, type)).rejects.toMatchObject({ code });
  });

  test("sees a change at once", async () => {
    const resolve = resolver("127.0.0.1", server.port);
    const record = { name: "later.example.com", type: "TXT" as const, value: "now" };
    await expect(resolve("later.example.com", "TXT")).rejects.toMatchObject({ code: "ENOTFOUND" });
    zones.add(record);
    expect(await resolve("later.example.com", "TXT")).toEqual([["now"]]);
    zones.remove(record);
    await expect(resolve("later.example.com", "TXT")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });
});
