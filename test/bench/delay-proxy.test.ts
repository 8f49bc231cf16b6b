import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { DelayProxy, type Endpoint } from "../../bench/relay/delay-proxy";

const opened: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) {
    await close();
  }
});

async function serve(answer: (socket: Socket) => void): Promise<Endpoint> {
  const server = createServer({ allowHalfOpen: true }, answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(() => server.close());
  const address = server.address();
  return { address: "127.0.0.1", port: typeof address === "object" ? (address?.port ?? 0) : 0 };
}

async function through(server: Endpoint, roundTripMs: number) {
  const proxy = new DelayProxy({ address: "127.0.0.1", port: 0 }, server, roundTripMs);
  const { port } = await proxy.open();
  opened.push(() => proxy.close());
  return { proxy, port };
}

test("an answer comes no sooner than the round trip, and the first one after the three packets before it", async () => {
  const server = await serve((socket) => {
    socket.write("hello");
    socket.on("data", (chunk) => socket.write(chunk));
  });
  const { port } = await through(server, 40);
  const start = performance.now();
  const socket = createConnection(port, "127.0.0.1");
  await once(socket, "data");
  // SYN, SYN-ACK, ACK and the greeting, 20 ms each; half a millisecond for each timer's rounding.
  expect(performance.now() - start).toBeGreaterThan(78);
  const asked = performance.now();
  socket.write("x");
  await once(socket, "data");
  expect(performance.now() - asked).toBeGreaterThan(38);
  socket.destroy();
});

test("large streams arrive whole and in order, in both directions", async () => {
  const sent = Buffer.alloc(20 * 2 ** 20, "0123456789abcdef!");
  const server = await serve((socket) => socket.pipe(socket));
  const { port } = await through(server, 2);
  const socket = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  const received = buffer(socket);
  socket.end(sent);
  expect(Buffer.compare(await received, sent)).toBe(0);
});

test("while it is closed it refuses connections and has ended the open ones; then it opens again", async () => {
  const server = await serve((socket) => socket.write("hello").valueOf());
  const { proxy, port } = await through(server, 0);
  const socket = createConnection(port, "127.0.0.1");
  await once(socket, "data");
  const closed = once(socket, "close");
  await proxy.close();
  await closed;
  const refused = createConnection(port, "127.0.0.1");
  await expect(once(refused, "connect")).rejects.toThrow(/ECONNREFUSED/);
  const again = await proxy.open();
  const third = createConnection(again.port, "127.0.0.1");
  expect(String((await once(third, "data"))[0])).toBe("hello");
  third.destroy();
});
