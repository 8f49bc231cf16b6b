import { type Answer, decode, encode, RECURSION_DESIRED, type StringRecordType } from "dns-packet";
import type { DnsData, DnsType } from "./resolver";

const HEADER_LENGTH = 12;
const RESPONSE = 0x8000;
const TRUNCATED = 0x0200;
/** EDNS (RFC 6891 section 6.1.2): an answer over UDP may be this long, in octets. */
const LONGEST_UDP_ANSWER = 1232;

/** What an answer says. */
export interface DnsReply<T extends DnsType> {
  /** RFC 1035 section 4.1.1: 0 no error, 2 server failure, 3 no such name, 5 refused. */
  rcode: number;
  /** The answer was too long for UDP: ask again over TCP. */
  truncated: boolean;
  /** The records of the type that was asked for, wherever CNAMEs led. */
  records: DnsData[T][];
}

/** A recursive query as octets. `name` has labels of 1 to 63 printable ASCII characters, at most 253 in all. */
export function encodeQuery(id: number, name: string, type: DnsType): Buffer {
  return encode({
    type: "query",
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type }],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: LONGEST_UDP_ANSWER,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
}

/**
 * Reads the answer to the query with this id, or undefined when the message is none.
 *
 * @throws Error when the message ends too early or its names run in circles
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
  if ((flags & RESPONSE) === 0) {
    return undefined;
  }
  const rcode = flags & 15;
  // It may end within a record, and then only its header can be read.
  if ((flags & TRUNCATED) !== 0) {
    return { rcode, truncated: true, records: [] };
  }
  const { questions = [], answers = [] } = decode(octets);
  // dns-packet reads addresses and texts beyond the end; then it counts too many octets, or NaN.
  if (!(decode.bytes <= octets.length)) {
    throw new RangeError("the message ends within a record");
  }
  const [question] = questions;
  if (
    questions.length !== 1 ||
    question?.name.toLowerCase() !== name.toLowerCase() ||
    question.type !== type
  ) {
    return undefined;
  }
  return { rcode, truncated: false, records: answers.flatMap(READERS[type]) };
}

/** Gives the data of a record of this type, and nothing of others. */
type Readers = { [T in DnsType]: (answer: Answer) => DnsData[T][] };

const READERS: Readers = {
  A: stringsOf("A"),
  AAAA: stringsOf("AAAA"),
  CNAME: stringsOf("CNAME"),
  NS: stringsOf("NS"),
  PTR: stringsOf("PTR"),
  MX: (answer) =>
    answer.type === "MX"
      ? [{ preference: answer.data.preference ?? 0, exchange: toName(answer.data.exchange) }]
      : [],
  TXT: (answer) =>
    answer.type === "TXT"
      ? [
          [answer.data]
            .flat()
            .map((text) => text.toString("latin1"))
            .join(""),
        ]
      : [],
};

function stringsOf(type: StringRecordType): (answer: Answer) => string[] {
  return (answer) => (answer.type === type ? [toName(answer.data)] : []);
}

/** In lower case; dns-packet calls the root a dot. */
function toName(decoded: string): string {
  return decoded === "." ? "" : decoded.toLowerCase();
}
