import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Endpoint } from "./delay-proxy";

/** What a client needs for a session with the sink. */
export interface Login {
  host: string;
  user: string;
  password: string;
  /** The authority of the sink's certificate, PEM. */
  ca: string;
}

/** Round trips in milliseconds between a client and the sink: from a NOOP to its answer. */
export async function roundTrips(endpoint: Endpoint, count: number): Promise<number[]> {
  const socket = createConnection({ host: endpoint.address, port: endpoint.port, noDelay: true });
  try {
    await once(socket, "data");
    const times: number[] = [];
    for (let index = 0; index < count; index++) {
      const begin = performance.now();
      await exchange(socket, "NOOP\r\n");
      times.push(performance.now() - begin);
    }
    return times;
  } finally {
    socket.destroy();
  }
}

/**
 * Messages a second that the sink takes from a client without Postfix, over a number of connections: logged in, over
 * TLS, one message after the other, each as MAIL, RCPT and DATA in one packet and then its text. The client runs on the
 * same processors, so the sink alone takes more.
 */
export async function sinkCeiling(
  endpoint: Endpoint,
  login: Login,
  load: { connections: number; messages: number; size: number },
): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => logIn(endpoint, login)));
  const text = `Subject: x\r\n\r\n${"x"
    .repeat(70)
    .concat("\r\n")
    .repeat(Math.ceil(load.size / 72))}.\r\n`;
  let left = load.messages;
  const begin = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      while (left-- > 0) {
        await exchange(socket, "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n", "354 ");
        await exchange(socket, text);
      }
      socket.destroy();
    }),
  );
  return load.messages / ((performance.now() - begin) / 1000);
}

async function logIn({ address, port }: Endpoint, { host, user, password, ca }: Login): Promise<Socket> {
  const plain = createConnection({ host: address, port, noDelay: true });
  await once(plain, "data");
  await exchange(plain, "EHLO probe\r\n");
  await exchange(plain, "STARTTLS\r\n");
  const socket = connectTls({ socket: plain, servername: host, ca });
  await once(socket, "secureConnect");
  await exchange(socket, "EHLO probe\r\n");
  await exchange(socket, `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString("base64")}\r\n`);
  return socket;
}

/** @throws Error when the answer is a refusal; it waits until the answer has `wanted` in it */
async function exchange(socket: Socket, text: string, wanted = ""): Promise<void> {
  socket.write(text);
  let answer = "";
  do {
    const [chunk] = await once(socket, "data");
    answer += String(chunk);
    if (/^[45]\d\d/m.test(answer)) {
      throw new Error(`the sink refused a message: ${answer}`);
    }
  } while (!answer.includes(wanted) || !answer.endsWith("\r\n"));
}
