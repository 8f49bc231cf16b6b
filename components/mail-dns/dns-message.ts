import { fromByteArray } from "ipaddr.js";
import type { DnsData, DnsType } from "./resolver";

/** The numbers of the types (RFC 1035 section 3.2.2, RFC 3596 section 2.1). */
const TYPES: Readonly<Record<DnsType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
};
const CLASS_IN = 1;
const RECURSION_DESIRED = 0x0100;
const RESPONSE = 0x8000;
const TRUNCATED = 0x0200;
const HEADER_LENGTH = 12;
/** EDNS (RFC 6891 section 6.1.2): the root, type OPT, 1232 octets fit into an answer, nothing else. */
const OPT = Buffer.from([0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, 0, 0, 0, 0]);

/** What an answer says. */
export interface DnsReply<T extends DnsType> {
  /** RFC 1035 section 4.1.1: 0 no error, 2 server failure, 3 no such name, 5 refused. */
  rcode: number;
  /** The answer was too long for UDP: ask again over TCP. */
  truncated: boolean;
  /** The records of the type that was asked for, wherever CNAMEs led. */
  records: DnsData[T][];
}

/** A recursive query as octets. `name` has labels of 1 to 63 ASCII characters, at most 253 in all. */
export function encodeQuery(id: number, name: string, type: DnsType): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(1, 10);
  const labels = name.split(".").map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  const question = Buffer.from([0, 0, TYPES[type], 0, CLASS_IN]);
  return Buffer.concat([header, ...labels, question, OPT]);
}

/**
 * Reads the answer to the query with this id, or undefined when the message is none.
 *
 * @throws RangeError when the message ends too early or its names run in circles
 */
export function decodeReply<T extends DnsType>(
  octets: Buffer,
  id: number,
  name: string,
  type: T,
): DnsReply<T> | undefined {
  if (octets.length < HEADER_LENGTH || octets.readUInt16BE(0) !== id) {
    return undefined;
  }
  const flags = octets.readUInt16BE(2);
  if ((flags & RESPONSE) === 0 || octets.readUInt16BE(4) !== 1) {
    return undefined;
  }
  const question = readName(octets, HEADER_LENGTH);
  if (
    question.name.toLowerCase() !== name.toLowerCase() ||
    octets.readUInt16BE(question.end) !== TYPES[type]
  ) {
    return undefined;
  }
  const records: DnsData[T][] = [];
  let at = question.end + 4;
  for (let left = octets.readUInt16BE(6); left > 0 && (flags & TRUNCATED) === 0; left -= 1) {
    const { end } = readName(octets, at);
    const start = end + 10;
    at = start + octets.readUInt16BE(end + 8);
    if (at > octets.length) {
      throw new RangeError("a record ends after the message");
    }
    if (octets.readUInt16BE(end) === TYPES[type]) {
      records.push(READERS[type](octets, start, at));
    }
  }
  return { rcode: flags & 15, truncated: (flags & TRUNCATED) !== 0, records };
}

type Readers = { [T in DnsType]: (octets: Buffer, start: number, end: number) => DnsData[T] };

const readTarget = (octets: Buffer, start: number) => readName(octets, start).name.toLowerCase();
const readAddress = (octets: Buffer, start: number, end: number) =>
  fromByteArray([...octets.subarray(start, end)]).toString();

const READERS: Readers = {
  A: readAddress,
  AAAA: readAddress,
  CNAME: readTarget,
  NS: readTarget,
  PTR: readTarget,
  MX: (octets, start) => ({
    preference: octets.readUInt16BE(start),
    exchange: readTarget(octets, start + 2),
  }),
  TXT: (octets, start, end) => {
    const strings: string[] = [];
    for (let at = start; at < end; ) {
      const next = at + 1 + octets.readUInt8(at);
      strings.push(octets.toString("latin1", at + 1, Math.min(next, end)));
      at = next;
    }
    return strings.join("");
  },
};

/** A name and where it ends (RFC 1035 section 4.1.4). Pointers lead backwards only, so that there is an end. */
function readName(octets: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let end: number | undefined;
  let earliest = start;
  for (let at = start; ; ) {
    const length = octets.readUInt8(at);
    if (length >= 0xc0) {
      end ??= at + 2;
      at = octets.readUInt16BE(at) & 0x3fff;
      if (at >= earliest) {
        throw new RangeError("a name points forward");
      }
      earliest = at;
    } else if (length === 0) {
      return { name: labels.join("."), end: end ?? at + 1 };
    } else {
      labels.push(octets.toString("latin1", at + 1, at + 1 + length).replaceAll(".", "\\."));
      at += 1 + length;
    }
  }
}
