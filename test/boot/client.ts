import SMTPConnection from "nodemailer/lib/smtp-connection";

/** A message that a client hands in. */
export interface Letter {
  /** Message-ID with angle brackets. */
  id: string;
  /** Envelope sender and From. Default `app@example.com`. */
  from?: string;
  /** Envelope recipients. Default one, `someone@example.net`. */
  to?: readonly string[];
  /** Default `test`. */
  subject?: string;
  /** The body. Default one short line. */
  body?: string;
  /** The whole content in place of subject and body; it has the id in it. */
  content?: string | Buffer;
  /** Whether MAIL FROM says the size (RFC 1870). Default true. */
  declareSize?: boolean;
}

/** Where and how a client connects. */
export interface ClientOptions {
  /** The relay's address. */
  address: string;
  /** Default 25. */
  port?: number;
  /** The client's own address. Default the application's. */
  localAddress?: string;
  /** `starttls` insists on it, `wrapper` begins with it; default clear text. The relay's certificate is not verified. */
  tls?: "starttls" | "wrapper";
}

/** What became of one attempt to hand in a message. */
export interface Attempt {
  /** Answered with 250 after the final dot. */
  accepted: boolean;
  /** The recipients that it was accepted for. */
  recipients: string[];
  /** The last answer, or what broke. */
  answer: string;
  /** The answer's code; undefined when the connection broke without one. */
  code: number | undefined;
  /** The connection broke after the message was under way, so the client cannot know and has to send again. */
  unknown: boolean;
}

export const SENDER = "app@example.com";
export const RECIPIENT = "someone@example.net";
const SILENCE_MS = 300_000;

/** The message's content as it is sent, with CRLF. */
export function contentOf({ id, from = SENDER, to = [RECIPIENT], subject = "test", body, content }: Letter) {
  if (content !== undefined) return content;
  return [
    `Message-ID: ${id}`,
    `From: ${from}`,
    `To: ${to.length === 1 ? to[0] : "undisclosed-recipients:;"}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    "",
    body ?? "Hello",
    "",
  ].join("\r\n");
}

/** One SMTP connection of a client to a relay, for messages one after the other. */
export class Client {
  readonly #connection: SMTPConnection;
  #broken: Error | undefined;
  #onBroken: (error: Error) => void = () => {};

  private constructor(options: ClientOptions, localAddress: string) {
    this.#connection = new SMTPConnection({
      host: options.address,
      port: options.port ?? 25,
      localAddress,
      name: "app.example.com",
      secure: options.tls === "wrapper",
      requireTLS: options.tls === "starttls",
      ignoreTLS: options.tls === undefined,
      tls: { rejectUnauthorized: false },
      connectionTimeout: SILENCE_MS,
      greetingTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
    });
    this.#connection.on("error", (error) => {
      this.#broken ??= error;
      this.#onBroken(error);
    });
    this.#connection.on("end", () => {
      this.#broken ??= new Error("the relay closed the connection");
      this.#onBroken(this.#broken);
    });
  }

  /** Connects and greets. @throws Error with the relay's answer in it, when it refuses, or the socket's */
  static async connect(options: ClientOptions, localAddress: string): Promise<Client> {
    const client = new Client(options, localAddress);
    await client.#unlessBroken<void>((done) => client.#connection.connect((error) => done(error, undefined)));
    return client;
  }

  /** False after an error; make a new connection then. */
  get isOpen(): boolean {
    return this.#broken === undefined;
  }

  /** Hands in one message. Never rejects: the attempt says what happened. */
  async send(letter: Letter): Promise<Attempt> {
    const { from = SENDER, to = [RECIPIENT], declareSize = true } = letter;
    const content = contentOf(letter);
    try {
      const info = await this.#unlessBroken<SMTPConnection.SentMessageInfo>((done) =>
        this.#connection.send(
          { from, to: [...to], size: declareSize ? Buffer.byteLength(content) : undefined },
          content,
          done,
        ),
      );
      return {
        accepted: true,
        recipients: info.accepted,
        answer: info.response,
        code: 250,
        unknown: false,
      };
    } catch (error) {
      return failed(error);
    }
  }

  /** Says QUIT, or closes what is broken. */
  close(): void {
    if (this.isOpen) this.#connection.quit();
    else this.#connection.close();
  }

  #unlessBroken<T>(start: (done: (error: Error | null | undefined, result: T) => void) => void): Promise<T> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#onBroken = reject;
      start((error, result) => (error ? reject(error) : resolve(result)));
    });
  }
}

/** What an error of the connection says of an attempt. */
export function failed(error: unknown): Attempt {
  const { message, response, responseCode, command } = describe(error);
  return {
    accepted: false,
    recipients: [],
    answer: response ?? message,
    code: responseCode,
    unknown:
      responseCode === undefined && (command === "DATA" || command === "CONN" || command === undefined),
  };
}

function describe(error: unknown): SMTPConnection.SMTPError {
  return error instanceof Error ? error : new Error(String(error));
}

/** Hands in one message over a connection of its own. Never rejects: the attempt says what happened. */
export async function handIn(letter: Letter, options: ClientOptions, localAddress: string): Promise<Attempt> {
  let client: Client;
  try {
    client = await Client.connect(options, localAddress);
  } catch (error) {
    return { ...failed(error), unknown: false };
  }
  try {
    return await client.send(letter);
  } finally {
    client.close();
  }
}
