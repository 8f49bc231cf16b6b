import type { SMTPServerOptions } from "smtp-server";
import { ADDRESS } from "../../sandbox/machine/addresses";
import type { Authority, IssuedCertificate } from "../../sandbox/pki";
import { listenSmtp, readMessage, type SmtpListener } from "../../sandbox/smtp-listener";
import { bodyDigest } from "./body-digest";

/** A message as a smart host took it. */
export interface TakenMessage {
  /** Its Message-ID with the angle brackets; empty when it has none. */
  id: string;
  subject: string;
  from: string;
  to: string[];
  /** Who was logged in; empty without a login. */
  user: string;
  /** Such as `TLSv1.3`; empty in clear text. */
  tls: string;
  /** The connection that brought it. */
  connection: string;
  port: number;
  /** See {@link bodyDigest}. */
  body: string;
  /** Its beginning: the header, and of a longer message the first 64 KiB. */
  text: string;
}

/** A login that was tried. Never has the password. */
export interface Login {
  user: string;
  accepted: boolean;
  encrypted: boolean;
}

/** What a smart host answers to a whole message: an SMTP answer, `take`, or it takes the message and cuts the line. */
export type Verdict = { code: number; text: string } | "take" | "take and cut";

/** How a smart host is set up. */
export interface SmartHostOptions {
  /** The FQDN, which its certificate is for. */
  name: string;
  /** The address that it listens on, in the network. Default {@link ADDRESS}.smartHost. */
  address?: string;
  authority: Authority;
  password: string;
  /** Ports with STARTTLS. Default 587 and 2525. */
  starttls?: readonly number[];
  /** Ports with TLS from the first byte. Default 465. */
  wrapper?: readonly number[];
}

const KEPT_CHARACTERS = 65_536;
/** SendGrid takes 1,000 recipients a message and 30 MB. */
const MOST_RECIPIENTS = 1_000;
const MOST_BYTES = 31_457_280;

/**
 * A stand-in for a smart host: it asks for TLS and a login and keeps what it took. It offers the login in clear text
 * too, as a trap for a relay that would give its password away. It is not the service: no content check, no DKIM,
 * no rate limit; those are in the sandbox's SendGrid.
 */
export class SmartHost {
  readonly name: string;
  readonly address: string;
  /** What it took, oldest first. */
  readonly taken: TakenMessage[] = [];
  /** Logins that were tried, oldest first. */
  readonly logins: Login[] = [];
  /** The passwords that it takes; a service with two valid keys has two. */
  passwords: Set<string>;
  /** Decides about each whole message. Default: it takes all. */
  decide: (message: TakenMessage) => Verdict = () => "take";
  /** Takes its time, before it answers to a recipient, so before this connection sends a message's text. Default: none. */
  beforeText: (connection: string) => Promise<void> = async () => {};
  /** Takes its time, after it took a message and before it says so. Default: none. */
  beforeAnswer: () => Promise<void> = async () => {};
  readonly #options: SmartHostOptions;
  #listeners: SmtpListener[] = [];
  #open = new Map<string, number>();

  constructor(options: SmartHostOptions) {
    this.#options = options;
    this.name = options.name;
    this.address = options.address ?? ADDRESS.smartHost;
    this.passwords = new Set([options.password]);
  }

  /** Whether it listens. */
  get isOpen(): boolean {
    return this.#listeners.length > 0;
  }

  /** The connections that are open now: their ids, and the relay's port of each. */
  get connections(): ReadonlyMap<string, number> {
    return this.#open;
  }

  /**
   * Begins to listen on all its ports.
   *
   * @param wrong what it has other than a good certificate for its name, and a login that it offers
   */
  async open(wrong: { certificate?: IssuedCertificate; offersLogin?: false } = {}): Promise<void> {
    const { authority, starttls = [587, 2525], wrapper = [465] } = this.#options;
    const certificate = wrong.certificate ?? (await authority.issue([this.name]));
    const options = { ...certificate, disabledCommands: wrong.offersLogin === false ? ["AUTH"] : [] };
    for (const port of starttls) this.#listeners.push(await this.#listen(port, false, options));
    for (const port of wrapper) this.#listeners.push(await this.#listen(port, true, options));
  }

  /**
   * Ends every connection and listens no more: a connection is refused then.
   *
   * @returns the messages whose answer the relay may not have got; see {@link lastOf}
   */
  async close(): Promise<TakenMessage[]> {
    const open = new Set(this.#open.keys());
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
    return this.lastOf(open);
  }

  /**
   * The last message of each of these connections. Of all that they brought, only these can be in doubt when the
   * connections break: a relay sends the next one after it has the answer to the one before.
   */
  lastOf(connections: ReadonlySet<string>): TakenMessage[] {
    const last = new Map<string, TakenMessage>();
    for (const message of this.taken) {
      if (connections.has(message.connection)) last.set(message.connection, message);
    }
    return [...last.values()];
  }

  async #listen(port: number, secure: boolean, options: SMTPServerOptions): Promise<SmtpListener> {
    const listener: SmtpListener = await listenSmtp(
      {
        ...options,
        secure,
        authMethods: ["PLAIN", "LOGIN"],
        allowInsecureAuth: true,
        size: MOST_BYTES,
        onConnect: ({ id, remotePort }, callback) => {
          this.#open.set(id, remotePort);
          callback();
        },
        onClose: ({ id }) => {
          this.#open.delete(id);
        },
        onAuth: ({ username, password }, { id }, callback) => {
          const accepted = this.passwords.has(password ?? "");
          this.logins.push({ user: username ?? "", accepted, encrypted: listener.tlsOf(id) !== undefined });
          if (accepted) return callback(null, { user: username ?? "" });
          callback(answer(535, "Authentication failed: The provided authorization grant is invalid"));
        },
        onMailFrom: ({ address }, { user }, callback) => {
          if (typeof user !== "string") return callback(answer(530, "5.7.0 Authentication required"));
          callback(address === "" ? answer(550, "an envelope sender is required") : null);
        },
        onRcptTo: async (_address, session, callback) => {
          await this.beforeText(session.id);
          callback(
            session.envelope.rcptTo.length < MOST_RECIPIENTS ? null : answer(452, "too many recipients"),
          );
        },
        onData: async (stream, session, callback) => {
          const content = await readMessage(stream).catch(() => undefined);
          // The connection broke before the whole message was here: there is nobody to answer.
          if (content === undefined) return;
          if (stream.sizeExceeded) return callback(answer(552, "message too large"));
          const text = content.subarray(0, KEPT_CHARACTERS).toString("latin1");
          const { mailFrom, rcptTo } = session.envelope;
          const message: TakenMessage = {
            id: headerField(text, "Message-ID"),
            subject: headerField(text, "Subject"),
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            user: typeof session.user === "string" ? session.user : "",
            tls: listener.tlsOf(session.id)?.version ?? "",
            connection: session.id,
            port,
            body: bodyDigest(content),
            text,
          };
          const verdict = this.decide(message);
          if (typeof verdict === "object") return callback(answer(verdict.code, verdict.text));
          this.taken.push(message);
          if (verdict === "take and cut") return listener.cut(session.id);
          await this.beforeAnswer();
          callback(null);
        },
      },
      { address: this.address, port },
    );
    return listener;
  }
}

/** A field of a message's header, of one line; empty when it has none. */
function headerField(text: string, name: string): string {
  const header = text.slice(0, text.search(/\r?\n\r?\n/));
  return new RegExp(`^${name}: *(.*?) *\\r?$`, "im").exec(header)?.[1] ?? "";
}

function answer(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
