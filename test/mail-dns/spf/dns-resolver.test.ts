import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decode, encode } from "dns-packet";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dnsResolver } from "../../../components/mail-dns/dns-resolver";
import type { DnsType } from "../../../components/mail-dns/resolver";
import { spfSize } from "../../../components/mail-dns/spf/size";
import { serveZone, type TestZone, type ZoneServer } from "./zone-server";

const LONG = Array.from({ length: 12 }, (_, index) => String.fromCharCode(97 + index).repeat(255));
const EVERY: TestZone extends ReadonlyMap<string, infer Entries> ? Entries : never = [
  { type: "A", data: "192.0.2.1" },
  { type: "A", data: "192.0.2.2" },
  { type: "AAAA", data: "2001:db8::1" },
  { type: "MX", data: { preference: 10, exchange: "Mail.Example.com" } },
  { type: "MX", data: { preference: 0, exchange: "" } },
  { type: "NS", data: "ns.example.com" },
  { type: "PTR", data: "Host.Example.com" },
  { type: "TXT", data: ["v=spf1 ", "-all"] },
  { type: "TXT", data: ["\u00e9"] },
];
const ZONE: TestZone = new Map([
  ["example.com", EVERY],
  ["joe+tag=1.example.com", EVERY],
  ["alias.example.com", [{ type: "CNAME", data: "example.com" }]],
  ["alias+.example.com", [{ type: "CNAME", data: "example.com" }]],
  ["loose.example.com", [{ type: "CNAME", data: "silent.example.com" }]],
  ["loop.example.com", [{ type: "CNAME", data: "loop.example.com" }]],
  ["lo+op.example.com", [{ type: "CNAME", data: "lo+op.example.com" }]],
  ["long.example.com", LONG.map((text) => ({ type: "TXT" as const, data: [text] }))],
  ["lo+ng.example.com", LONG.map((text) => ({ type: "TXT" as const, data: [text] }))],
  ["silent.example.com", [{ type: "A", data: "192.0.2.1" }, { type: "TIMEOUT" }]],
  ["sil+ent.example.com", [{ type: "TIMEOUT" }]],
]);

describe("the DNS resolver", () => {
  let server: ZoneServer;
  beforeAll(async () => {
    server = await serveZone(ZONE);
  });
  afterAll(() => server.close());
  const make = () => dnsResolver({ servers: [server.address], timeoutMs: 300, attempts: 1 });

  // The second name has characters that Node's own resolver refuses.
  describe.each(["example.com", "joe+tag=1.example.com"])("asked for %s", (name) => {
    it.each<[DnsType, unknown[]]>([
      ["A", ["192.0.2.1", "192.0.2.2"]],
      ["AAAA", ["2001:db8::1"]],
      ["CNAME", []],
      ["NS", ["ns.example.com"]],
      ["PTR", ["host.example.com"]],
      // Strings of one record joined, each octet one character.
      ["TXT", ["v=spf1 -all", "\u00c3\u00a9"]],
    ])("gives the records of type %s", async (type, records) => {
      expect(await make().lookUp(name, type)).toEqual({ exists: true, records });
    });

    it("gives the mail exchangers, the null one too", async () => {
      const { records } = await make().lookUp(name, "MX");
      expect(records).toHaveLength(2);
      expect(records).toEqual(
        expect.arrayContaining([
          { preference: 10, exchange: "mail.example.com" },
          { preference: 0, exchange: "" },
        ]),
      );
    });
  });

  it.each(["alias.example.com", "alias+.example.com"])(
    "follows the alias %s, but for type CNAME",
    async (name) => {
      expect((await make().lookUp(name, "A")).records).toEqual(["192.0.2.1", "192.0.2.2"]);
      expect((await make().lookUp(name, "CNAME")).records).toEqual(["example.com"]);
    },
  );

  it("tells a name without the type from one that does not exist", async () => {
    expect(await make().lookUp("alias.example.com", "CNAME")).toMatchObject({ exists: true });
    expect(await make().lookUp("long.example.com", "A")).toEqual({ exists: true, records: [] });
    expect(await make().lookUp("lo+ng.example.com", "A")).toEqual({ exists: true, records: [] });
    expect(await make().lookUp("gone.example.com", "A")).toEqual({ exists: false, records: [] });
    expect(await make().lookUp("go+ne.example.com", "A")).toEqual({ exists: false, records: [] });
  });

  it.each(["long.example.com", "lo+ng.example.com"])("reads the long answer of %s over TCP", async (name) => {
    const before = server.questions().tcp;
    expect((await make().lookUp(name, "TXT")).records).toEqual(LONG);
    expect(server.questions().tcp).toBe(before + 1);
  });

  it.each([
    "silent.example.com",
    "sil+ent.example.com",
    "loop.example.com",
    "lo+op.example.com",
    "loose.example.com",
  ])("rejects where nobody knows: %s", async (name) => {
    await expect(make().lookUp(name, "TXT")).rejects.toThrow();
  });

  it.each([
    ["an empty label", "a..example.com"],
    ["a label of 64 characters", `${"a".repeat(64)}.example.com`],
    ["254 characters", `a${"a.".repeat(121)}example.com`],
    ["letters beyond ASCII", "\u00e9.example.com"],
    ["nothing", ""],
  ])("knows without asking that a name with %s does not exist", async (_, name) => {
    const before = server.questions();
    expect(await make().lookUp(name, "A")).toEqual({ exists: false, records: [] });
    expect(server.questions()).toEqual(before);
  });

  it("asks once for each name and type, whatever the case and the dot at the end", async () => {
    const resolver = make();
    const before = server.questions().udp;
    await Promise.all(
      ["example.com", "EXAMPLE.com", "example.com."].map((name) => resolver.lookUp(name, "A")),
    );
    await resolver.lookUp("example.com", "A");
    expect(server.questions().udp).toBe(before + 1);
    await resolver.lookUp("example.com", "AAAA");
    expect(server.questions().udp).toBe(before + 2);
  });

  it("asks again after a failure", async () => {
    const resolver = make();
    await expect(resolver.lookUp("loop.example.com", "A")).rejects.toThrow();
    const before = server.questions().udp;
    await expect(resolver.lookUp("loop.example.com", "A")).rejects.toThrow();
    expect(server.questions().udp).toBeGreaterThan(before);
  });

  it("asks the next server where one is silent", async () => {
    const silent = createSocket("udp4").bind(0, "127.0.0.1");
    await once(silent, "listening");
    const servers = [`127.0.0.1:${silent.address().port}`, server.address];
    const resolver = dnsResolver({ servers, timeoutMs: 200, attempts: 2 });
    expect((await resolver.lookUp("example.com", "AAAA")).records).toEqual(["2001:db8::1"]);
    expect((await resolver.lookUp("joe+tag=1.example.com", "AAAA")).records).toEqual(["2001:db8::1"]);
    silent.close();
  });

  it("has no more questions under way than it may", async () => {
    let open = 0;
    let most = 0;
    const slow = createSocket("udp4");
    slow.on("message", (query, client) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        const { id, questions } = decode(query);
        slow.send(encode({ type: "response", id, questions }), client.port, client.address);
      }, 20);
    });
    slow.bind(0, "127.0.0.1");
    await once(slow, "listening");
    const resolver = dnsResolver({ servers: [`127.0.0.1:${slow.address().port}`], concurrency: 3 });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => resolver.lookUp(`h${index}.example.com`, "A")),
    );
    slow.close();
    expect(most).toBe(3);
  });
});

describe("the size of an SPF record", () => {
  it("is that of the message, in which the name stands once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme-ascii", maxLength: 700 }), { minLength: 1, maxLength: 4 }),
        ([text = "", ...others]) => {
          const name = "mail.example.com";
          const strings = (each: string) =>
            Buffer.from(each)
              .toString()
              .match(/.{1,255}/gs) ?? [""];
          const message = encode({
            type: "response",
            questions: [{ name, type: "TXT" }],
            answers: [text, ...others].map((each) => ({ name, type: "TXT" as const, data: strings(each) })),
          });
          // dns-packet writes the name in full, and a server a pointer of two octets.
          const saved = (others.length + 1) * (name.length + 2 - 2);
          expect(spfSize(text, name, others)).toEqual({
            text: text.length,
            strings: strings(text).length,
            answer: message.length - saved,
          });
        },
      ),
    );
  });
});
