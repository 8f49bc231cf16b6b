import { isIP } from "node:net";
import { type Answer, decode, encode, TRUNCATED_RESPONSE } from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeReply, encodeQuery } from "../../../components/mail-dns/dns-message";
import type { DnsType } from "../../../components/mail-dns/resolver";

const name = "a.example.com";
const answers: Answer[] = [
  { name, type: "CNAME", data: "B.Example.com" },
  { name, type: "A", data: "192.0.2.1" },
  { name, type: "AAAA", data: "2001:db8::1" },
  { name, type: "MX", data: { preference: 0, exchange: "." } },
  { name, type: "TXT", data: [Buffer.from("v=spf1 "), Buffer.from([0xe9])] },
  { name, type: "NS", data: "ns.example.com" },
];
const reply = (type: DnsType, order: readonly Answer[] = answers) =>
  encode({ type: "response", id: 1, questions: [{ name, type }], answers: [...order] });
const types: DnsType[] = ["A", "AAAA", "CNAME", "MX", "NS", "PTR", "TXT"];

describe("a question as a DNS message", () => {
  it("wants recursion and takes 1232 octets", () => {
    const query = decode(encodeQuery(4711, "joe+tag=1.example.com", "TXT"));
    expect(query).toMatchObject({ id: 4711, type: "query", flag_rd: true });
    expect(query.questions).toEqual([{ name: "joe+tag=1.example.com", type: "TXT", class: "IN" }]);
    expect(query.additionals).toMatchObject([{ type: "OPT", udpPayloadSize: 1232 }]);
  });

  it("holds every name that DNS can be asked for, octet by octet", () => {
    const octet = fc.integer({ min: 0x20, max: 0x7e }).filter((code) => code !== 0x2e);
    const label = fc
      .array(octet, { minLength: 1, maxLength: 60 })
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
        const wire = labels.map((each) => `${String.fromCharCode(each.length)}${each}`).join("");
        const octets = encodeQuery(1, labels.join("."), "A").toString("latin1");
        expect(octets.slice(12, 12 + wire.length + 5)).toBe(`${wire}\0\0\x01\0\x01`);
      }),
    );
  });
});

describe("an answer as a DNS message", () => {
  it.each<[DnsType, unknown[]]>([
    ["A", ["192.0.2.1"]],
    ["AAAA", ["2001:db8::1"]],
    ["CNAME", ["b.example.com"]],
    ["MX", [{ preference: 0, exchange: "" }]],
    ["NS", ["ns.example.com"]],
    ["PTR", []],
    ["TXT", ["v=spf1 \u00e9"]],
  ])("gives the records of type %s and no others", (type, records) => {
    expect(decodeReply(reply(type), 1, name, type)).toEqual({ rcode: 0, truncated: false, records });
  });

  it("gives a text without strings, which is illegal, as an empty one", () => {
    const empty = reply("TXT", [{ name, type: "TXT", data: [] }]);
    expect(decodeReply(empty, 1, name, "TXT")?.records).toEqual([""]);
  });

  it("for another question, or none at all, is passed over", () => {
    expect(decodeReply(reply("A"), 1, "A.Example.COM", "A")).toBeDefined();
    expect(decodeReply(reply("A"), 2, name, "A")).toBeUndefined();
    expect(decodeReply(reply("A"), 1, "b.example.com", "A")).toBeUndefined();
    expect(decodeReply(reply("A"), 1, name, "TXT")).toBeUndefined();
    expect(decodeReply(encode({ type: "response", id: 1 }), 1, name, "A")).toBeUndefined();
    expect(decodeReply(encodeQuery(1, name, "A"), 1, name, "A")).toBeUndefined();
  });

  it("that was truncated says so, wherever it ends", () => {
    const whole = reply("TXT");
    whole.writeUInt16BE(whole.readUInt16BE(2) | TRUNCATED_RESPONSE, 2);
    for (let length = 12; length <= whole.length; length += 1) {
      const cut = whole.subarray(0, length);
      expect(decodeReply(cut, 1, name, "TXT")).toEqual({ rcode: 0, truncated: true, records: [] });
    }
  });

  it("that ends too early is refused, whichever record it ends in", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(answers, { minLength: 1 }),
        fc.constantFrom(...types),
        fc.nat(),
        (order, type, at) => {
          const whole = reply(type, order);
          const cut = whole.subarray(0, 12 + (at % (whole.length - 12)));
          expect(() => decodeReply(cut, 1, name, type)).toThrow();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["itself", 19],
    ["a later name", 21],
  ])("with a name that points to %s is refused", (_, target) => {
    // A header, the question "a. A IN" up to octet 19, and there an answer whose name is a pointer.
    const head = Buffer.from("000180000001000100000000" + "01610000010001", "hex");
    const octets = Buffer.concat([head, Buffer.from([0xc0, target, 0xc0, 19])]);
    expect(() => decodeReply(octets, 1, "a", "A")).toThrow("bad pointer");
  });

  it("of any octets is read, passed over or refused, and an address that is read is one", () => {
    const head = Buffer.from("000180000001000300000000" + "01610000010001", "hex");
    // Names and types that lead into the records, more often than chance would.
    const start = fc
      .constantFrom("0000010001", "c00c00010001", "c00c00100001", "c00c00050001")
      .map((hex) => [...Buffer.from(hex, "hex")]);
    const tail = fc.array(fc.oneof(start, fc.array(fc.nat(255), { maxLength: 8 })), { maxLength: 12 });
    let read = 0;
    fc.assert(
      fc.property(tail, (parts) => {
        const octets = Buffer.concat([head, Buffer.from(parts.flat())]);
        let records: string[] = [];
        try {
          records = decodeReply(octets, 1, "a", "A")?.records ?? [];
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        read += records.length;
        expect(records.filter((address) => isIP(address) !== 4)).toEqual([]);
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(0);
  });
});
