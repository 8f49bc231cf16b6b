import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** One answer with all its lines, complete (RFC 5321 section 4.2). */
const ANSWER = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/;

/** An SMTP conversation word by word, for what a well-behaved client's library does not do. Clear text, port 25. */
export class Dialogue {
  readonly #socket: Socket;
  #received = "";

  /** Connects; {@link answer} then has the greeting. */
  constructor({ address, localAddress }: { address: string; localAddress: string }) {
    this.#socket = createConnection({ host: address, port: 25, localAddress, noDelay: true });
    this.#socket.on("error", () => {});
    this.#socket.on("data", (octets) => {
      this.#received += octets.toString("latin1");
    });
  }

  /** Sends bytes as they are. */
  async write(octets: string | Buffer): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.write(octets, () => resolve()));
  }

  /** The next answer, of one line or several. @throws Error when the relay hangs up before it is complete */
  async answer(): Promise<string> {
    for (;;) {
      const complete = ANSWER.exec(this.#received)?.[0];
      if (complete !== undefined) {
        this.#received = this.#received.slice(complete.length);
        return complete.trimEnd();
      }
      if (this.#socket.destroyed)
        throw new Error(`the relay hung up after ${JSON.stringify(this.#received)}`);
      await sleep(10);
    }
  }

  /** Sends a line, and gives the answer to it. */
  async ask(line: string): Promise<string> {
    await this.write(`${line}\r\n`);
    return this.answer();
  }

  close(): void {
    this.#socket.end("QUIT\r\n");
  }
}
