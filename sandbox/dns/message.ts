import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  CHECKING_DISABLED,
  decode,
  encode,
  type OptAnswer,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from "dns-packet";
import { answer, RCODE, type Reply } from "./answer";
import type { Zones } from "./zones";

/** Largest UDP answer, in octets, whatever a client offers: no fragmentation on common paths (RFC 9715). */
const MAX_UDP = 1232;

/** A question with the answer it got, for the log. */
export interface Exchange {
  name: string;
  type: string;
  rcode: number;
}

/**
 * Turns a query's octets into the answer's octets.
 *
 * Undefined means that nothing is sent: the packet was an answer itself, or had no whole header, and to
 * answer it could start a loop. Speaks EDNS version 0 (RFC 6891), truncates over UDP (RFC 2181, section 9),
 * refuses other opcodes with NOTIMP and malformed queries with FORMERR.
 */
export function respond(
  query: Buffer,
  zones: Zones,
  transport: "udp" | "tcp",
): { octets: Buffer; exchange?: Exchange } | undefined {
  if (query.length < 12) return undefined;
  const flags = query.readUInt16BE(2);
  if (flags & 0x8000) return undefined;
  const opcode = (flags >> 11) & 15;
  if (opcode !== 0) return { octets: headerOnly(query, RCODE.NOTIMP) };

  let packet: ReturnType<typeof decode>;
  try {
    packet = decode(query);
  } catch {
    return { octets: headerOnly(query, RCODE.FORMERR) };
  }
  const [question, ...more] = packet.questions ?? [];
  const offers = (packet.additionals ?? []).filter((each): each is OptAnswer => each.type === "OPT");
  const [offer] = offers;
  if (!question || more.length > 0 || offers.length > 1) {
    return { octets: headerOnly(query, RCODE.FORMERR) };
  }

  let reply: Reply = { rcode: RCODE.REFUSED, answers: [], authorities: [] };
  if (offer && offer.ednsVersion > 0) reply.rcode = RCODE.BADVERS;
  else if (question.class === "IN") reply = answer(zones, question.name, question.type);

  const build = (answers: Answer[], authorities: Answer[], truncated: number): Buffer =>
    encode({
      type: "response",
      id: packet.id,
      flags:
        (flags & (RECURSION_DESIRED | CHECKING_DISABLED)) |
        RECURSION_AVAILABLE |
        (reply.rcode === RCODE.NOERROR || reply.rcode === RCODE.NXDOMAIN ? AUTHORITATIVE_ANSWER : 0) |
        truncated |
        (reply.rcode & 15),
      questions: [question],
      answers,
      authorities,
      additionals: offer ? [ownOffer(reply.rcode)] : [],
    });

  const limit = transport === "tcp" ? 0xffff : Math.min(Math.max(offer?.udpPayloadSize ?? 512, 512), MAX_UDP);
  try {
    const whole = build(reply.answers, reply.authorities, 0);
    const octets = whole.length <= limit ? whole : build([], [], TRUNCATED_RESPONSE);
    return { octets, exchange: { name: question.name, type: question.type, rcode: reply.rcode } };
  } catch {
    // A name whose octets are no UTF-8 does not survive decoding, so it cannot be repeated in an answer.
    return { octets: headerOnly(query, RCODE.FORMERR) };
  }
}

function ownOffer(rcode: number): OptAnswer {
  return {
    type: "OPT",
    name: ".",
    udpPayloadSize: MAX_UDP,
    extendedRcode: rcode >> 4,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}

/** An answer without sections, for a query whose sections could not be read. */
function headerOnly(query: Buffer, rcode: number): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  const opcodeAndRecursion = query.readUInt16BE(2) & 0x7900;
  header.writeUInt16BE(0x8000 | opcodeAndRecursion | rcode, 2);
  return header;
}
