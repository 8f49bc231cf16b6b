import { ADDRESS } from "../../sandbox/machine/addresses";
import type { Authority } from "../../sandbox/pki";
import { listenSmtp, readMessage, type SmtpListener } from "../../sandbox/smtp-listener";

/** A message as the smart host got it. */
export interface Received {
  subject: string;
  from: string;
  to: string[];
  user: string;
  tls: string;
  text: string;
  /** Which connection brought it, counted from 1. */
  connection: number;
}

/** A stand-in for a smart host: TLS and AUTH required, one user, and it refuses what SendGrid refuses. */
export class SmartHost {
  readonly received: Received[] = [];
  /** Logins that were refused. */
  refusedLogins = 0;
  #listeners: SmtpListener[] = [];
  #connections = new Map<string, number>();

  constructor(
    private readonly authority: Authority,
    private readonly name: string,
    public password: string,
  ) {}

  async open(): Promise<void> {
    const certificate = await this.authority.issue([this.name]);
    for (const { port, secure } of [
      { port: 25, secure: false },
      { port: 587, secure: false },
      { port: 465, secure: true },
    ]) {
      const listener = await listenSmtp(
        {
          ...certificate,
          secure,
          authMethods: ["PLAIN", "LOGIN"],
          size: 31_457_280,
          onAuth: ({ username, password }, _session, callback) => {
            if (username === "apikey" && password === this.password) {
              return callback(null, { user: username });
            }
            this.refusedLogins += 1;
            callback(refusal(535, "Authentication failed: The provided authorization grant is invalid"));
          },
          onMailFrom: ({ address }, _session, callback) =>
            callback(address === "" ? refusal(550, "an envelope sender is required") : null),
          onData: async (stream, session, callback) => {
            const text = (await readMessage(stream)).toString("latin1");
            const subject = /^Subject: (.*)\r$/m.exec(text)?.[1] ?? "";
            if (subject.startsWith("refuse")) {
              return callback(refusal(550, "The from address does not match a verified Sender Identity"));
            }
            const { mailFrom, rcptTo } = session.envelope;
            this.#connections.set(
              session.id,
              this.#connections.get(session.id) ?? this.#connections.size + 1,
            );
            this.received.push({
              subject,
              from: mailFrom === false ? "" : mailFrom.address,
              to: rcptTo.map(({ address }) => address),
              user: String(session.user),
              tls: listener.tlsOf(session.id)?.version ?? "",
              text,
              connection: this.#connections.get(session.id) ?? 0,
            });
            callback(null);
          },
        },
        { address: ADDRESS.smartHost, port },
      );
      this.#listeners.push(listener);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    this.#listeners = [];
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
