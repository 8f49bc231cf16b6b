import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { DelayLine } from "./delay-line";

/** The most that is under way in one direction of a connection, as a TCP window would allow. */
const WINDOW_BYTES = 4 * 2 ** 20;

export interface Endpoint {
  address: string;
  port: number;
}

/**
 * A wire of a given latency between a client and a server, for kernels without netem: every byte, and the end of a
 * connection, arrives one way's delay later. Opening one takes the time of the three packets that open it.
 *
 * It stands for latency alone. Packet loss, bandwidth, and TCP's slow start on new connections are not shown.
 */
export class DelayProxy {
  readonly #there: DelayLine;
  readonly #back: DelayLine;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  /** @param roundTripMs half of it is the delay of each way */
  constructor(
    private readonly listen: Endpoint,
    private readonly server: Endpoint,
    roundTripMs: number,
  ) {
    this.#there = new DelayLine(roundTripMs / 2);
    this.#back = new DelayLine(roundTripMs / 2);
  }

  set roundTripMs(value: number) {
    this.#there.delayMs = value / 2;
    this.#back.delayMs = value / 2;
  }

  /** Takes connections. @returns where it listens, with the real port where 0 was asked for */
  async open(): Promise<Endpoint> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#connect(client));
    this.#server = server;
    server.listen(this.listen.port, this.listen.address, 1024);
    await once(server, "listening");
    const address = server.address();
    return { address: this.listen.address, port: typeof address === "object" ? (address?.port ?? 0) : 0 };
  }

  /** Ends all connections at once and refuses new ones, as a server does that is down. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    if (server !== undefined) {
      server.close();
      await once(server, "close");
    }
  }

  #connect(client: Socket): void {
    this.#keep(client);
    // The client is told at once that it is connected. SYN, SYN-ACK and ACK would have taken this long.
    this.#there.send(() => this.#there.send(() => this.#there.send(() => this.#join(client))));
  }

  #join(client: Socket): void {
    if (client.destroyed) {
      return;
    }
    const { address: host, port } = this.server;
    const server = createConnection({ host, port, noDelay: true, allowHalfOpen: true });
    this.#keep(server);
    carry(client, server, this.#there);
    carry(server, client, this.#back);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    // The other side learns of it by the end of the stream, or by an error of its own.
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

function carry(from: Socket, to: Socket, line: DelayLine): void {
  let underWay = 0;
  from.on("data", (chunk) => {
    underWay += chunk.length;
    if (underWay > WINDOW_BYTES) {
      from.pause();
    }
    line.send(() => {
      to.write(chunk, () => {
        underWay -= chunk.length;
        if (from.isPaused() && underWay <= WINDOW_BYTES) {
          from.resume();
        }
      });
    });
  });
  from.once("end", () => line.send(() => to.end()));
  from.once("close", () => line.send(() => to.end()));
}
