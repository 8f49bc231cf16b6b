import type { SMTPServerOptions } from "smtp-server";
import type { IssuedCertificate } from "../../sandbox/pki";
import { listenSmtp, readMessage, type SmtpListener } from "../../sandbox/smtp-listener";

/** A message as a host took it. */
export interface Taken {
  /** The password of the login; undefined without a login. */
  password: string | undefined;
  encrypted: boolean;
  /** The same for all messages over one connection. */
  connection: string;
  from: string;
  to: string[];
  /** The whole message, one character a byte. */
  text: string;
}

/** What a {@link RecordingHost} does other than take everything. */
export interface HostBehaviour {
  /** The passwords that it knows, for any user; undefined: it offers no login. */
  passwords?: string[];
  /** Answers 550 to this recipient. */
  refused?: string;
  /** Answers 550 to mail without a sender. */
  refusesBounces?: boolean;
  /** Gets every message that is taken. */
  onTaken?: (message: Taken) => Promise<void>;
  options?: SMTPServerOptions;
}

/** A mail server on loopback that keeps what it takes. It can go down and come back on the same port. */
export class RecordingHost {
  readonly taken: Taken[] = [];
  /** The port; 0 before it was up for the first time. */
  port = 0;
  #listener: SmtpListener | undefined;

  constructor(
    private readonly certificate: IssuedCertificate,
    private readonly behaviour: HostBehaviour = {},
  ) {}

  async up(): Promise<this> {
    const { passwords, refused, refusesBounces, onTaken, options } = this.behaviour;
    this.#listener = await listenSmtp(
      {
        ...this.certificate,
        ...(passwords === undefined ? { disabledCommands: ["AUTH"] } : { authMethods: ["PLAIN"] }),
        ...options,
        onAuth: ({ password }, _session, callback) =>
          password && passwords?.includes(password)
            ? callback(null, { user: password })
            : callback(refusal(535)),
        onMailFrom: ({ address }, _session, callback) =>
          callback(refusesBounces && address === "" ? refusal(550) : null),
        onRcptTo: ({ address }, _session, callback) => callback(address === refused ? refusal(550) : null),
        onData: async (stream, { id, user, secure, envelope }, callback) => {
          const { mailFrom, rcptTo } = envelope;
          const message = {
            // It is false where nobody logged in.
            password: typeof user === "string" ? user : undefined,
            encrypted: secure,
            connection: id,
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            text: "",
          };
          message.text = (await readMessage(stream)).toString("latin1");
          this.taken.push(message);
          callback();
          await onTaken?.(message);
        },
      },
      { address: "127.0.0.1", port: this.port },
    );
    this.port = this.#listener.port;
    return this;
  }

  async down(): Promise<void> {
    await this.#listener?.close();
    this.#listener = undefined;
  }

  /** The messages with this subject. */
  having(subject: string): Taken[] {
    return this.taken.filter(({ text }) => text.includes(`\nSubject: ${subject}\r\n`));
  }
}

function refusal(responseCode: number): Error {
  return Object.assign(new Error("refused by the test"), { responseCode });
}
