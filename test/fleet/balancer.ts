import { createConnection, createServer, type Server, type Socket } from "node:net";

/** A port that the balancer serves, on its own address and on the servers'. */
const SMTP = 25;
const CHECK_MS = 1_000;

/**
 * A substitute for the data path of a Network Load Balancer: connections to its address go in turn to the servers that
 * take connections on the port. It does not keep the clients' addresses: servers see the balancer's own. It has no zones,
 * and counts a server as healthy or not at each connection.
 */
export class Balancer {
  /** Connections that a server got, by its address. */
  readonly connections = new Map<string, number>();
  readonly #server: Server;
  #turn = 0;

  /**
   * @param address its own, an address of this process
   * @param targets the addresses of the servers that are registered; may change at any time
   */
  constructor(
    private readonly address: string,
    readonly targets: string[] = [],
  ) {
    this.#server = createServer((client) => void this.#serve(client));
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(SMTP, this.address, resolve);
    });
  }

  /** Takes no more connections; those that are open go on. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(client: Socket): Promise<void> {
    client.on("error", () => client.destroy());
    const order = this.targets.map(
      (_, index) => this.targets[(this.#turn + index) % this.targets.length] ?? "",
    );
    this.#turn += 1;
    for (const target of order) {
      const server = await connect(target, this.address);
      if (server === undefined) continue;
      this.connections.set(target, (this.connections.get(target) ?? 0) + 1);
      server.on("error", () => client.destroy());
      client.on("close", () => server.destroy());
      server.on("close", () => client.destroy());
      client.pipe(server).pipe(client);
      return;
    }
    client.destroy();
  }
}

/** A connection to a server; undefined when it takes none within a second. */
function connect(host: string, localAddress: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: SMTP, localAddress });
    const fail = () => {
      socket.destroy();
      resolve(undefined);
    };
    const limit = setTimeout(fail, CHECK_MS);
    socket.once("error", fail).once("connect", () => {
      clearTimeout(limit);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}
