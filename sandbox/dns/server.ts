import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { type Exchange, respond } from "./message";
import type { Zones } from "./zones";

/** Where a server listens; port 0 takes a free one. */
export interface ListenAddress {
  address: string;
  port: number;
}

/** A question that the server answered. */
export interface LoggedQuery extends Exchange {
  at: Date;
  client: string;
  transport: "udp" | "tcp";
}

export interface DnsServerOptions {
  zones: Zones;
  /** Addresses to listen on, UDP and TCP each. */
  listen: ListenAddress[];
  /** How many of the latest queries are remembered. Default 2000. */
  logSize?: number;
}

export interface DnsServer {
  /** The port of the first address. */
  readonly port: number;
  /** Every address with the port that it got. */
  readonly addresses: ListenAddress[];
  /** The latest queries, oldest first. */
  queries(): LoggedQuery[];
  close(): Promise<void>;
}

/** An idle TCP connection is closed after this long, in milliseconds (RFC 7766, section 6.2.3). */
const TCP_IDLE = 10_000;

/**
 * Starts the sandbox's DNS server: authoritative for all given zones, over UDP and TCP on the same port.
 *
 * It is a substitute for the whole DNS: one server plays every authority and the resolver in front of them,
 * so delegation, caching, propagation delay and DNSSEC are not shown.
 *
 * @throws Error of the socket (EADDRINUSE, EACCES) when an address cannot be bound; nothing stays bound then.
 */
export async function startDns({ zones, listen, logSize = 2000 }: DnsServerOptions): Promise<DnsServer> {
  if (listen.length === 0) throw new Error("listen: name at least one address and port for the DNS server");
  const log: LoggedQuery[] = [];
  const record = (exchange: Exchange | undefined, transport: "udp" | "tcp", client = "") => {
    if (!exchange) return;
    log.push({ at: new Date(), client, transport, ...exchange });
    if (log.length > logSize) log.shift();
  };

  const bound: Listener[] = [];
  try {
    for (const where of listen) bound.push(await bindBoth(where, zones, record));
  } catch (error) {
    await Promise.all(bound.map((listener) => listener.close()));
    throw error;
  }
  const addresses = bound.map(({ address, port }) => ({ address, port }));
  return {
    port: addresses[0]?.port ?? 0,
    addresses,
    queries: () => [...log],
    close: async () => {
      await Promise.all(bound.map((listener) => listener.close()));
    },
  };
}

interface Listener extends ListenAddress {
  close(): Promise<void>;
}

type Recorder = (exchange: Exchange | undefined, transport: "udp" | "tcp", client?: string) => void;

async function bindBoth(where: ListenAddress, zones: Zones, record: Recorder): Promise<Listener> {
  // With port 0 the port is free for UDP, but somebody may hold it for TCP: take another then.
  for (let attempt = 1; ; attempt++) {
    const udp = await bindUdp(where, zones, record);
    const port = udp.address().port;
    try {
      const tcp = await bindTcp({ address: where.address, port }, zones, record);
      return { address: where.address, port, close: () => closeBoth(udp, tcp) };
    } catch (error) {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      if (where.port !== 0 || attempt === 5) throw error;
    }
  }
}

async function bindUdp({ address, port }: ListenAddress, zones: Zones, record: Recorder): Promise<UdpSocket> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("message", (query, client) => {
    const response = respond(query, zones, "udp");
    if (!response) return;
    record(response.exchange, "udp", client.address);
    // A client that went away is no fault of the server; the callback keeps it from being thrown.
    socket.send(response.octets, client.port, client.address, () => {});
  });
  socket.bind(port, address);
  try {
    await once(socket, "listening");
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on("error", () => {});
  return socket;
}

interface TcpListener {
  server: Server;
  connections: Set<Socket>;
}

async function bindTcp(
  { address, port }: ListenAddress,
  zones: Zones,
  record: Recorder,
): Promise<TcpListener> {
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
    socket.setTimeout(TCP_IDLE, () => socket.destroy());
    answerStream(socket, zones, record);
  });
  server.listen(port, address);
  await once(server, "listening");
  return { server, connections };
}

/** Messages over TCP carry their length in two octets, and several may follow each other (RFC 7766). */
function answerStream(socket: Socket, zones: Zones, record: Recorder): void {
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const length = pending.readUInt16BE(0);
      const response = respond(pending.subarray(2, 2 + length), zones, "tcp");
      pending = pending.subarray(2 + length);
      if (!response) {
        socket.destroy();
        return;
      }
      record(response.exchange, "tcp", socket.remoteAddress);
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(response.octets.length);
      socket.write(Buffer.concat([prefix, response.octets]));
    }
  });
}

async function closeBoth(udp: UdpSocket, { server, connections }: TcpListener): Promise<void> {
  for (const socket of connections) socket.destroy();
  await Promise.all([
    new Promise<void>((resolve) => udp.close(() => resolve())),
    new Promise<void>((resolve) => server.close(() => resolve())),
  ]);
}
