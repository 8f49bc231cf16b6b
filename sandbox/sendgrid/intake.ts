import type { SMTPServerSession } from "smtp-server";
import { authorDomain, headerFields, headerValues } from "../../cli/doctor/message/header-fields";
import type { TlsDetails } from "../smtp-listener";
import type { SendGridAccount } from "./account";
import type { ApiKey } from "./api-keys";
import type { Delivery } from "./delivery";
import type { AuthenticatedDomain } from "./domains";
import { returnPath, sign } from "./outgoing";
import { type SmtpFaults, SmtpRefusal } from "./smtp-faults";

/** A message that was answered with 250. */
export interface AcceptedMessage {
  at: Date;
  client: { address: string; helo: string };
  port: number;
  tls: TlsDetails;
  /** The SASL user name. */
  user: string;
  /** Id of the API key that logged in. */
  apiKeyId: string;
  /** The envelope as the client gave it; what leaves has the return path as its sender. */
  envelope: { from: string; to: string[] };
  messageId: string;
  /** The authenticated domain that the message was signed for. */
  domain: string;
  /** Whether a message with this Message-ID and these recipients was accepted before. */
  duplicate: boolean;
}

/** What is known of a message before it is read. */
export type Arrival = Pick<AcceptedMessage, "client" | "port" | "tls" | "user" | "apiKeyId" | "envelope"> & {
  sessionId: string;
};

/** Decides what the smart host takes: logins, senders, messages. What it takes it signs and hands to delivery. */
export class Intake {
  readonly #accepted: AcceptedMessage[] = [];
  /** Message-ID and recipients of every accepted message, which tell a duplicate. */
  readonly #identities = new Set<string>();
  #refused = 0;

  constructor(
    private readonly account: SendGridAccount,
    private readonly delivery: Delivery,
    private readonly faults: SmtpFaults,
  ) {}

  /** Every message answered with 250, oldest first. */
  accepted(): AcceptedMessage[] {
    return [...this.#accepted];
  }

  counters(): { accepted: number; duplicates: number; refused: number } {
    return {
      accepted: this.#accepted.length,
      duplicates: this.#accepted.filter(({ duplicate }) => duplicate).length,
      refused: this.#refused,
    };
  }

  /** The key that this login names. @throws SmtpRefusal 535 unless the user is `apikey` and the key may send. */
  logIn(user: string | undefined, password: string | null | undefined): ApiKey {
    this.faults.throwAt("auth");
    const key = user === "apikey" && password ? this.account.keys.find(password) : undefined;
    if (!key?.scopes.includes("mail.send")) {
      throw new SmtpRefusal(535, "Authentication failed: Bad username / password");
    }
    return key;
  }

  /** @throws SmtpRefusal 550 for the null sender: SendGrid takes no bounces. */
  checkSender(address: string): void {
    if (address === "") throw new SmtpRefusal(550, "Invalid sender: the null sender is not accepted");
  }

  /** Signs a message and queues it for its recipients. @throws SmtpRefusal when it is not taken. */
  async accept(raw: Buffer, arrival: Arrival): Promise<void> {
    try {
      const domain = this.#senderIdentity(raw);
      const signed = await sign(withTrace(raw, arrival), domain);
      this.faults.throwAt("data");
      this.#record(raw, arrival, domain);
      for (const recipient of arrival.envelope.to) {
        this.delivery.enqueue({ from: returnPath(domain, recipient), recipient, raw: signed });
      }
    } catch (error) {
      this.#refused++;
      throw error;
    }
  }

  #record(raw: Buffer, { sessionId: _, ...arrival }: Arrival, { domain }: AuthenticatedDomain): void {
    const messageId = headerValues(headerFields(raw), "Message-ID")[0] ?? "";
    const identity = [messageId, ...arrival.envelope.to].join("\n");
    const duplicate = this.#identities.has(identity);
    this.#identities.add(identity);
    this.#accepted.push({ at: new Date(), ...arrival, messageId, domain, duplicate });
  }

  /** The validated domain of the author's address. @throws SmtpRefusal 550 where there is none. */
  #senderIdentity(raw: Buffer): AuthenticatedDomain {
    const author = authorDomain(headerFields(raw));
    const domain = author === undefined ? undefined : this.account.domains.verifiedFor(author);
    if (domain) return domain;
    throw new SmtpRefusal(
      550,
      "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.",
    );
  }
}

/** What is known of a session's message. Copied at once: smtp-server empties the envelope for the next one. */
export function arrivalOf(session: SMTPServerSession, tls: TlsDetails | undefined): Arrival {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    sessionId: session.id,
    client: { address: session.remoteAddress, helo: session.hostNameAppearsAs },
    port: session.localPort,
    tls: tls ?? { version: "", cipher: "" },
    user: "apikey",
    apiKeyId: session.user ?? "",
    envelope: { from: mailFrom ? mailFrom.address : "", to: rcptTo.map(({ address }) => address) },
  };
}

/** The message with the Received field that every relay adds (RFC 5321, section 4.4). */
function withTrace(raw: Buffer, { client, tls, sessionId }: Arrival): Buffer {
  const trace = [
    `Received: from ${client.helo} ([${client.address}]) (${tls.version} ${tls.cipher})`,
    `\tby smtp.sendgrid.net with ESMTPSA id ${sessionId};`,
    `\t${new Date().toUTCString().replace("GMT", "+0000")}`,
  ];
  return Buffer.concat([Buffer.from(`${trace.join("\r\n")}\r\n`), raw]);
}
