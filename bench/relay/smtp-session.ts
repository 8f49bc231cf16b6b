/** What a session does beside answering. */
export interface SessionEvents {
  write(reply: string): void;
  /** The client asked for TLS, and the reply that says yes was written. */
  startTls(): void;
  /** The whole message was taken; the answer has not been written yet. */
  message(bytes: number): void;
  end(): void;
}

export interface SessionOptions {
  secure: boolean;
  /** What AUTH PLAIN has to say, in base64. */
  plain: string;
}

const END_OF_DATA = Buffer.from("\r\n.\r\n");

/**
 * The server's side of SMTP, with TLS and a login before mail is taken, PIPELINING and nothing that a smart host would
 * not need: as little work as can be, because it shares the processors with what it measures.
 */
export class SmtpSession {
  #text = "";
  #inData = false;
  #bytes = 0;
  /** The last four bytes of the message so far: its end may come in two parts. */
  #tail: Buffer = Buffer.alloc(0);
  #loggedIn = false;

  constructor(
    private readonly options: SessionOptions,
    private readonly events: SessionEvents,
  ) {}

  /** Takes what came from the client, in any pieces. */
  receive(chunk: Buffer): void {
    let rest: Buffer = chunk;
    while (rest.length > 0) {
      rest = this.#inData ? this.#receiveData(rest) : this.#receiveCommands(rest);
    }
  }

  #receiveData(chunk: Buffer): Buffer {
    const joined = this.#tail.length > 0 ? Buffer.concat([this.#tail, chunk]) : chunk;
    const end = joined.indexOf(END_OF_DATA);
    if (end === -1) {
      this.#bytes += chunk.length;
      this.#tail = joined.subarray(-4);
      return Buffer.alloc(0);
    }
    const consumed = end + END_OF_DATA.length - this.#tail.length;
    this.#inData = false;
    this.#tail = Buffer.alloc(0);
    this.events.message(this.#bytes + consumed);
    this.events.write("250 2.0.0 Ok: queued\r\n");
    return chunk.subarray(consumed);
  }

  #receiveCommands(chunk: Buffer): Buffer {
    this.#text += chunk.toString("latin1");
    let replies = "";
    let start = 0;
    for (let end = this.#text.indexOf("\r\n", start); end !== -1; end = this.#text.indexOf("\r\n", start)) {
      const line = this.#text.slice(start, end);
      start = end + 2;
      replies += this.#reply(line);
      if (this.#inData) {
        const rest = chunk.subarray(chunk.length - (this.#text.length - start));
        this.#text = "";
        this.events.write(replies);
        return rest;
      }
      if (/^STARTTLS$/i.test(line) && !this.options.secure) {
        // What was sent before the handshake is dropped (RFC 3207, section 4.2).
        this.#text = "";
        this.events.write(replies);
        this.events.startTls();
        return Buffer.alloc(0);
      }
    }
    this.#text = this.#text.slice(start);
    if (replies !== "") {
      this.events.write(replies);
    }
    return Buffer.alloc(0);
  }

  #reply(line: string): string {
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case "EHLO":
        return `250-sink\r\n250-PIPELINING\r\n250-SIZE 31457280\r\n250-8BITMIME\r\n${
          this.options.secure ? "250 AUTH PLAIN" : "250 STARTTLS"
        }\r\n`;
      case "STAR":
        return this.options.secure ? "503 5.5.1 TLS is active\r\n" : "220 2.0.0 Ready to start TLS\r\n";
      case "AUTH":
        this.#loggedIn = this.options.secure && line.slice("AUTH PLAIN ".length) === this.options.plain;
        return this.#loggedIn ? "235 2.7.0 Ok\r\n" : "535 5.7.8 Authentication failed\r\n";
      case "MAIL":
        return this.#loggedIn ? "250 2.1.0 Ok\r\n" : "530 5.7.0 Authentication required\r\n";
      case "RCPT":
        return this.#loggedIn ? "250 2.1.5 Ok\r\n" : "503 5.5.1 MAIL first\r\n";
      case "DATA":
        if (!this.#loggedIn) {
          return "503 5.5.1 RCPT first\r\n";
        }
        this.#inData = true;
        this.#bytes = 0;
        // A message may end with its first line.
        this.#tail = Buffer.from("\r\n");
        return "354 Go ahead\r\n";
      case "RSET":
      case "NOOP":
        return "250 2.0.0 Ok\r\n";
      case "QUIT":
        this.events.end();
        return "221 2.0.0 Bye\r\n";
      default:
        return "502 5.5.2 Not known\r\n";
    }
  }
}
