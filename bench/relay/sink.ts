import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type SinkCounts, type SinkOrder, sinkOrder } from "./sink-orders";
import { SmtpSession } from "./smtp-session";

let counts: SinkCounts = { messages: 0, bytes: 0, connections: 0, resumed: 0, most: 0, last: 0 };
let open = 0;

function listen({
  address,
  port,
  key,
  cert,
  user,
  password,
}: SinkOrder & { order: "listen" }): Promise<void> {
  const plain = Buffer.from(`\0${user}\0${password}`).toString("base64");
  const begin = (socket: Socket, secure: boolean) => {
    const session = new SmtpSession(
      { secure, plain },
      {
        write: (reply) => void socket.write(reply),
        startTls: () => {
          socket.removeAllListeners("data");
          tls.emit("connection", socket);
        },
        message: (bytes) => {
          counts.messages++;
          counts.bytes += bytes;
          counts.last = performance.timeOrigin + performance.now();
        },
        end: () => setImmediate(() => socket.end()),
      },
    );
    socket.on("data", (chunk) => session.receive(chunk));
    socket.on("error", () => {});
  };
  const tls = createTlsServer({ key, cert }, (socket) => {
    counts.resumed += socket.isSessionReused() ? 1 : 0;
    begin(socket, true);
  });
  tls.on("tlsClientError", () => {});
  const server = createServer({ noDelay: true }, (socket) => {
    counts.connections++;
    open++;
    counts.most = Math.max(counts.most, open);
    socket.once("close", () => {
      open--;
    });
    begin(socket, false);
    socket.write("220 sink ESMTP\r\n");
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: address, backlog: 1024 }, () => resolve());
  });
}

process.on("message", async (message) => {
  const order = sinkOrder.parse(message);
  if (order.order === "listen") {
    await listen(order);
  } else if (order.order === "reset") {
    counts = { messages: 0, bytes: 0, connections: 0, resumed: 0, most: open, last: 0 };
  }
  process.send?.(counts);
});
process.on("disconnect", () => process.exit(0));
