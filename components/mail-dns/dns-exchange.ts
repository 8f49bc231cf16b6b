import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIP } from "node:net";
import { type DnsReply, decodeReply, encodeQuery } from "./dns-message";
import type { DnsType } from "./resolver";

/** How {@link exchange} asks. */
export interface ExchangeOptions {
  /** At least one, as node:dns writes them: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`. */
  servers: readonly string[];
  /** Milliseconds for the first attempt; every further one waits twice as long. */
  timeoutMs: number;
  attempts: number;
}

/**
 * Asks the servers in turn, over UDP and, for a truncated answer, TCP.
 *
 * @throws Error when none answers in time, or all of them with a failure
 */
export async function exchange<T extends DnsType>(
  name: string,
  type: T,
  { servers, timeoutMs, attempts }: ExchangeOptions,
): Promise<DnsReply<T>> {
  let last: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    for (const server of servers) {
      try {
        const reply = await ask(name, type, parseServer(server), timeoutMs * 2 ** attempt);
        if (reply.rcode === NO_ERROR || reply.rcode === NO_SUCH_NAME) {
          return reply;
        }
        last = new Error(`query${type} ${name}: ${server} answers with code ${reply.rcode}`);
      } catch (error) {
        last = error;
      }
    }
  }
  throw last ?? new Error(`query${type} ${name}: there is no DNS server to ask`);
}

const NO_ERROR = 0;
export const NO_SUCH_NAME = 3;

interface Server {
  host: string;
  port: number;
}

function parseServer(server: string): Server {
  const [, bracketed, port] = /^\[(.+)\](?::(\d+))?$/.exec(server) ?? [];
  if (bracketed !== undefined || isIP(server) !== 0) {
    return { host: bracketed ?? server, port: Number(port ?? 53) };
  }
  const colon = server.lastIndexOf(":");
  return { host: server.slice(0, colon), port: Number(server.slice(colon + 1)) };
}

async function ask<T extends DnsType>(name: string, type: T, server: Server, timeoutMs: number) {
  const signal = AbortSignal.timeout(timeoutMs);
  const id = randomInt(0x10000);
  const query = encodeQuery(id, name, type);
  const read = (octets: Buffer) => decodeReply(octets, id, name, type);
  const reply = await overUdp(query, server, signal, read);
  return reply.truncated ? overTcp(query, server, signal, read) : reply;
}

type Read<R> = (octets: Buffer) => R | undefined;

function overUdp<R>(query: Buffer, { host, port }: Server, signal: AbortSignal, read: Read<R>): Promise<R> {
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
  return new Promise<R>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    socket.on("error", reject);
    socket.on("message", (octets) => {
      try {
        const reply = read(octets);
        // What answers another question is somebody's guess: the real answer may still come.
        if (reply !== undefined) {
          resolve(reply);
        }
      } catch (error) {
        reject(error);
      }
    });
    // Connected, a socket takes messages from this server alone.
    socket.connect(port, host, () => socket.send(query));
  }).finally(() => socket.close());
}

/** RFC 1035 section 4.2.2: two octets of length go before the message. */
function overTcp<R>(query: Buffer, { host, port }: Server, signal: AbortSignal, read: Read<R>): Promise<R> {
  const socket = connect({ host, port, signal });
  return new Promise<R>((resolve, reject) => {
    let received = Buffer.alloc(0);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`${host} closed the connection before it answered`)));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) {
        return;
      }
      try {
        const reply = read(received.subarray(2, 2 + received.readUInt16BE(0)));
        if (reply === undefined) {
          reject(new Error(`${host} answers another question`));
        } else {
          resolve(reply);
        }
      } catch (error) {
        reject(error);
      }
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  }).finally(() => socket.destroy());
}
