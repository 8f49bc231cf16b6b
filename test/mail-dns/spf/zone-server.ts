import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_AVAILABLE,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from "dns-packet";

/** What stands at a name: a record, or that the server keeps silent about types which stand not before it. */
export type ZoneEntry =
  | { type: "A" | "AAAA" | "CNAME" | "PTR" | "NS"; data: string }
  | { type: "MX"; data: { preference: number; exchange: string } }
  | { type: "TXT"; data: string[] }
  | { type: "TIMEOUT" };

/** Names in lower case without trailing dot; what is not here does not exist. */
export type TestZone = ReadonlyMap<string, readonly ZoneEntry[]>;

export interface ZoneServer {
  /** For `servers` of a resolver. */
  address: string;
  /** How many questions came, over UDP and over TCP. */
  questions(): { udp: number; tcp: number };
  close(): Promise<void>;
}

const RCODE = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 } as const;
const MAX_UDP = 1232;
const LONGEST_CHAIN = 8;

/** A DNS server on loopback, UDP and TCP, that plays all of the DNS with the names of one zone. */
export async function serveZone(zone: TestZone): Promise<ZoneServer> {
  const questions = { udp: 0, tcp: 0 };
  const udp = createSocket("udp4");
  udp.on("message", (query, client) => {
    questions.udp += 1;
    const response = respond(query, zone);
    if (response) {
      const octets = encode(response);
      const fits = octets.length <= MAX_UDP;
      udp.send(
        fits ? octets : encode({ ...response, flags: response.flags | TRUNCATED_RESPONSE, answers: [] }),
        client.port,
        client.address,
      );
    }
  });
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= pending.readUInt16BE(0) + 2) {
        const whole = pending.subarray(0, pending.readUInt16BE(0) + 2);
        pending = pending.subarray(whole.length);
        questions.tcp += 1;
        const query = streamDecode(whole);
        const response = query && respond(encode(query), zone);
        if (response) {
          socket.write(streamEncode(response));
        }
      }
    });
  });
  const port = await listen(udp, tcp);
  return {
    address: `127.0.0.1:${port}`,
    questions: () => ({ ...questions }),
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
}

/** One port for both. A port that is free for TCP may be taken for UDP, and then the next one is tried. */
async function listen(udp: UdpSocket, tcp: Server): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    tcp.listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const address = tcp.address();
    const port = typeof address === "object" && address ? address.port : 0;
    try {
      udp.bind(port, "127.0.0.1");
      await once(udp, "listening");
      return port;
    } catch (error) {
      if (attempt === 20) {
        throw error;
      }
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    }
  }
}

function respond(octets: Buffer, zone: TestZone) {
  const query = decode(octets);
  const [question] = query.questions ?? [];
  const found = question && lookUp(zone, question.name, question.type);
  if (!question || !found) {
    return undefined;
  }
  return {
    type: "response" as const,
    id: query.id,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | found.rcode,
    questions: [question],
    answers: found.answers,
  };
}

/** The answer to one question with all CNAMEs followed, or undefined where the server keeps silent. */
function lookUp(zone: TestZone, question: string, type: string) {
  const answers: Answer[] = [];
  let owner = question;
  for (let links = 0; links <= LONGEST_CHAIN; links += 1) {
    const entries = zone.get(owner.toLowerCase().replace(/\.$/, ""));
    if (entries === undefined) {
      return { rcode: RCODE.NXDOMAIN, answers };
    }
    const own = entries.filter((entry) => entry.type === type);
    const silence = entries.findIndex((entry) => entry.type === "TIMEOUT");
    if (silence >= 0 && !entries.slice(0, silence).some((entry) => entry.type === type)) {
      return undefined;
    }
    answers.push(...own.flatMap((entry) => toAnswer(owner, entry)));
    const alias = entries.find((entry) => entry.type === "CNAME");
    if (alias?.type !== "CNAME" || type === "CNAME" || own.length > 0) {
      return { rcode: RCODE.NOERROR, answers };
    }
    answers.push(...toAnswer(owner, alias));
    owner = alias.data;
  }
  return { rcode: RCODE.SERVFAIL, answers: [] };
}

function toAnswer(name: string, entry: ZoneEntry): Answer[] {
  const base = { name, class: "IN" as const, ttl: 60 };
  switch (entry.type) {
    case "TIMEOUT":
      return [];
    case "MX":
      return [{ ...base, type: "MX", data: entry.data }];
    case "TXT":
      return [{ ...base, type: "TXT", data: entry.data.map((text) => Buffer.from(text)) }];
    default:
      return [{ ...base, type: entry.type, data: entry.data }];
  }
}
