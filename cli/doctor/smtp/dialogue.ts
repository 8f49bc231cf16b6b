import type { Socket } from "node:net";

/** A server's reply to a command (RFC 5321 section 4.2). */
export interface SmtpReply {
  /** 200 to 599. */
  code: number;
  /** The text of each line, without the code. */
  lines: string[];
}

/** A reply with all its lines, complete. */
const REPLY = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/;
/** No reply of a sane server is longer, in bytes. */
const LONGEST_REPLY = 65_536;

/** The server closed the connection, said no SMTP, or said nothing in time. */
export class SmtpSilence extends Error {
  override readonly name = "SmtpSilence";
}

/** An SMTP session word by word, over an open socket: what a client's library hides is what is looked for here. */
export class SmtpDialogue {
  #received = "";
  #ended: Error | undefined;
  #wake = () => {};
  readonly #onData = (octets: Buffer) => {
    this.#received += octets.toString("latin1");
    this.#wake();
  };
  readonly #onEnd = (error?: unknown) => {
    this.#ended ??= error instanceof Error ? error : new SmtpSilence("the server closed the connection");
    this.#wake();
  };

  /** @param timeoutMs how long each reply may take */
  constructor(
    private readonly socket: Socket,
    private readonly timeoutMs: number,
  ) {
    socket.on("data", this.#onData).on("close", () => this.#onEnd());
    socket.on("end", () => this.#onEnd()).on("error", this.#onEnd);
  }

  /** Sends a command, and gives the reply to it. */
  async ask(command: string): Promise<SmtpReply> {
    this.socket.write(`${command}\r\n`);
    return await this.reply();
  }

  /** Says goodbye without waiting for the reply: a server that is slow to give it delays nobody. */
  async quit(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write("QUIT\r\n", () => resolve()));
  }

  /** The next reply. @throws SmtpSilence, or the socket's error */
  async reply(): Promise<SmtpReply> {
    const deadline = setTimeout(() => {
      this.#onEnd(new SmtpSilence(`no reply within ${this.timeoutMs / 1_000} s`));
    }, this.timeoutMs);
    try {
      for (;;) {
        const text = REPLY.exec(this.#received)?.[0];
        if (text !== undefined) {
          this.#received = this.#received.slice(text.length);
          return parseReply(text);
        }
        if (this.#received.length > LONGEST_REPLY || /^(?!\d{0,3}$|\d{3}[ -])[^\n]*\n/.test(this.#received)) {
          throw new SmtpSilence(`this is no SMTP: ${JSON.stringify(this.#received.slice(0, 60))}`);
        }
        if (this.#ended) {
          throw this.#ended;
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Gives the socket away, for TLS; what came in clear text after the last reply is dropped (RFC 3207 section 4.2). */
  detach(): Socket {
    this.#received = "";
    this.socket.removeAllListeners("data").removeAllListeners("close");
    return this.socket.removeAllListeners("end").removeAllListeners("error");
  }
}

function parseReply(text: string): SmtpReply {
  const lines = text.trimEnd().split(/\r?\n/);
  return { code: Number(text.slice(0, 3)), lines: lines.map((line) => line.slice(4)) };
}
