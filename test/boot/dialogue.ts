import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

/** A limit for what hangs: Postfix answers late to clients with many errors. */
const SILENCE_MS = 300_000;

/** One line that was sent or received, as it is shown; control characters are escaped. */
export type Line = string;

/** A reply of a server (RFC 5321 section 4.2). */
export interface Reply {
  code: number;
  /** All lines, with their codes, joined by a space. */
  text: string;
}

/**
 * An SMTP connection without manners: it sends any bytes at any time, which no well-behaved client does. Keeps a
 * transcript.
 */
export class Dialogue {
  readonly transcript: Line[] = [];
  #socket: Socket;
  #buffer = "";
  #closed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = this.#adopt(socket);
  }

  /** Connects and does not wait for the greeting. @throws Error of the socket */
  static async open(at: { address: string; port: number; localAddress: string }): Promise<Dialogue> {
    const { address: host, port, localAddress } = at;
    const socket = connect({ host, port, localAddress, noDelay: true });
    await once(socket, "connect");
    return new Dialogue(socket);
  }

  /** The server has ended the connection. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Sends bytes as they are; a string is taken as Latin-1. */
  write(bytes: string | Buffer): void {
    const data = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
    this.transcript.push(`> ${shown(data.toString("latin1"))}`);
    if (!this.#closed) this.#socket.write(data);
  }

  /**
   * The next reply, of one line or several.
   *
   * @returns code 0 when the server ended the connection without one
   * @throws Error when the server is silent for five minutes
   */
  async reply(): Promise<Reply> {
    const deadline = Date.now() + SILENCE_MS;
    for (;;) {
      const found = /^(?:\d{3}-.*\r\n)*(\d{3})(?: .*)?\r\n/.exec(this.#buffer);
      if (found !== null) {
        this.#buffer = this.#buffer.slice(found[0].length);
        const text = found[0].trim().split("\r\n").join(" ");
        this.transcript.push(`< ${shown(text)}`);
        return { code: Number(found[1]), text };
      }
      if (this.#closed) {
        this.transcript.push("< (the server ended the connection)");
        return { code: 0, text: "connection ended" };
      }
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`no reply in ${SILENCE_MS / 1_000} s after ${this.transcript.at(-1)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Sends a command with CRLF and takes the reply. */
  async command(line: string): Promise<Reply> {
    this.write(`${line}\r\n`);
    return this.reply();
  }

  /** Takes greeting and EHLO's reply. */
  async greet(name = "probe.example.org"): Promise<Reply> {
    await this.reply();
    return this.command(`EHLO ${name}`);
  }

  /** Begins TLS on the connection; STARTTLS was answered. @throws Error when the handshake fails */
  async encrypt(options: ConnectionOptions = {}): Promise<void> {
    this.#socket.removeAllListeners("data");
    this.#socket.removeAllListeners("close");
    this.#buffer = "";
    // The relay's certificate is its own.
    const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false, ...options });
    await once(secure, "secureConnect");
    this.transcript.push(`(TLS: ${secure.getProtocol()}, ${secure.getCipher().name})`);
    this.#socket = this.#adopt(secure);
  }

  /** STARTTLS, TLS, and EHLO once more. @returns the answer to that EHLO */
  async startTls(options: ConnectionOptions = {}): Promise<Reply> {
    await this.command("STARTTLS");
    await this.encrypt(options);
    return this.command("EHLO probe.example.org");
  }

  /** Ends the connection from this side. */
  close(): void {
    this.#socket.destroy();
    this.#closed = true;
  }

  /** The last lines of the transcript. */
  last(count: number): Line[] {
    return this.transcript.slice(-count);
  }

  #adopt(socket: Socket): Socket {
    socket.on("data", (data: Buffer) => {
      this.#buffer += data.toString("latin1");
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
    return socket;
  }
}

/** Gives the work a connection, and closes it. */
export async function onLine<T>(opened: Promise<Dialogue>, work: (line: Dialogue) => Promise<T>): Promise<T> {
  const line = await opened;
  try {
    return await work(line);
  } finally {
    line.close();
  }
}

const LONGEST_SHOWN = 160;

/** Bytes as a line of evidence: control characters and 8-bit escaped, long ones cut. */
export function shown(text: string): string {
  const escaped = text
    .replace(/\r/g, "\\r")
    .replace(/\n/g, "\\n")
    .replace(/[^ -~]/g, hex);
  const rest = escaped.length - LONGEST_SHOWN;
  return rest > 20 ? `${escaped.slice(0, LONGEST_SHOWN)}… (${rest} more)` : escaped;
}

function hex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
