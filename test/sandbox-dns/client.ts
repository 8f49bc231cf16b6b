import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { type Answer, type DecodedPacket, decode, encode, type RecordType } from "dns-packet";

/** A decoded answer with the fields that dns-packet decodes but does not declare. */
export type Decoded = DecodedPacket & { rcode: string };

/** The octets of a query. */
export function query(name: string, type: string, additionals: Answer[] = []): Buffer {
  return encode({
    type: "query",
    id: 4711,
    flags: 0x0100,
    // dns-packet's list of types lacks the newer ones, which it writes as UNKNOWN_<number>.
    questions: [{ name, type: type as RecordType }],
    additionals,
  });
}

/** An EDNS offer (RFC 6891) of this UDP payload size. */
export function edns(udpPayloadSize: number, ednsVersion = 0): Answer {
  return {
    type: "OPT",
    name: ".",
    udpPayloadSize,
    extendedRcode: 0,
    ednsVersion,
    flags: 0,
    flag_do: false,
    options: [],
  };
}

/** Sends octets in one datagram and gives back the answer's octets. */
export async function overUdp(port: number, octets: Buffer): Promise<Buffer> {
  const socket = createSocket("udp4");
  try {
    socket.send(octets, port, "127.0.0.1");
    const [answer] = await once(socket, "message");
    return answer;
  } finally {
    socket.close();
  }
}

/** Sends length-prefixed messages over one connection, all at once, and gives back as many answers. */
export async function overTcp(port: number, ...messages: Buffer[]): Promise<Buffer[]> {
  const socket = connect(port, "127.0.0.1");
  for (const message of messages) {
    const prefix = Buffer.alloc(2);
    prefix.writeUInt16BE(message.length);
    socket.write(Buffer.concat([prefix, message]));
  }
  socket.end();
  const answers: Buffer[] = [];
  let pending = Buffer.alloc(0);
  for await (const chunk of socket) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      answers.push(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
  }
  return answers;
}

/** Asks over UDP and decodes the answer. */
export async function ask(
  port: number,
  name: string,
  type: string,
  ...additionals: Answer[]
): Promise<Decoded> {
  return decode(await overUdp(port, query(name, type, additionals))) as Decoded;
}
