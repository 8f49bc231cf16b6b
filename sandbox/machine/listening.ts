import type { Server } from "node:net";

/** A server that listens. */
export interface Listening {
  address: string;
  /** The real port, where 0 was asked for. */
  port: number;
  close(): Promise<void>;
}

/** Starts a server on an address and port (0 takes a free one); `close` also ends open connections. */
export async function listen(
  server: Server,
  { address, port }: { address: string; port: number },
): Promise<Listening> {
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address();
  return {
    address,
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}
