import { type AuthenticateResult, authenticate, type DNSResolver } from "mailauth";
import type { SMTPServerSession } from "smtp-server";
import { headerFields, headerValues } from "../../cli/doctor/message/header-fields";
import type { Resolve } from "../dns";
import type { IssuedCertificate } from "../pki";
import { listenSmtp, readMessage, type TlsDetails } from "../smtp-listener";

export interface InboxOptions {
  /** Where SPF, DKIM and DMARC are looked up. */
  resolver: Resolve;
  /** The certificate that STARTTLS offers. */
  certificate: IssuedCertificate;
  /** Domains that mail is taken for; other recipients are refused. */
  domains: string[];
  address?: string;
  /** Default 0, a free port; 25 where a real MX has to be found. */
  port?: number;
  /** The name in the greeting and in Authentication-Results. Default "mx." and the first domain. */
  hostName?: string;
}

/** A message that arrived, with what its verification found. */
export interface ReceivedMessage {
  /** The message as it is stored: Return-Path, Authentication-Results, Received-SPF and Received on top. */
  raw: Buffer;
  envelope: { from: string; to: string[] };
  client: { address: string; helo: string };
  /** Undefined when the message came in clear text. */
  tls?: TlsDetails;
  receivedAt: Date;
  subject: string;
  messageId: string;
  /** The Authentication-Results field's value, unfolded (RFC 8601). */
  authenticationResults: string;
  spf: { result: string; domain: string };
  dkim: { result: string; domain: string; selector: string }[];
  dmarc: { result: string; domain: string; policy: string };
}

export interface Inbox {
  readonly address: string;
  readonly port: number;
  /** Everything that arrived, oldest first. */
  messages(): ReceivedMessage[];
  /**
   * The first message, here already or still to come, for which the predicate holds.
   *
   * @throws Error after timeoutMs that names what did arrive.
   */
  waitFor(predicate: (message: ReceivedMessage) => boolean, timeoutMs: number): Promise<ReceivedMessage>;
  close(): Promise<void>;
}

/**
 * Starts the recipient's mail server: an MX that verifies SPF, DKIM and DMARC for real, by mailauth in its
 * strict mode against the sandbox's DNS, and keeps what arrives.
 *
 * It stands for a recipient's server, and does not act on what it finds: no spam filter, no reputation, no
 * quarantine or rejection by DMARC policy, no reports.
 *
 * @throws Error of the socket when the address cannot be bound.
 */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const { certificate, domains, address = "127.0.0.1", port = 0 } = options;
  const hostName = options.hostName ?? `mx.${domains[0] ?? "invalid"}`;
  const stored: ReceivedMessage[] = [];
  const waiting = new Set<(message: ReceivedMessage) => void>();

  const listener = await listenSmtp(
    {
      ...certificate,
      name: hostName,
      banner: "sandbox inbox",
      authOptional: true,
      disabledCommands: ["AUTH"],
      onRcptTo({ address: recipient }, _session, callback) {
        const domain = recipient.slice(recipient.lastIndexOf("@") + 1).toLowerCase();
        callback(domains.includes(domain) ? null : refusal(550, "5.7.1 Relaying denied"));
      },
      onData(stream, session, callback) {
        const arrival = describeArrival(session, listener.tlsOf(session.id));
        readMessage(stream)
          .then((raw) => verify(raw, arrival, hostName, options.resolver))
          .then((message) => {
            stored.push(message);
            for (const settle of waiting) settle(message);
            callback(null, "2.0.0 Ok: stored");
          })
          .catch((error: unknown) => callback(refusal(451, `4.3.0 Verification failed: ${String(error)}`)));
      },
    },
    { address, port },
  );

  return {
    address,
    port: listener.port,
    messages: () => [...stored],
    waitFor(predicate, timeoutMs) {
      const present = stored.find(predicate);
      if (present) return Promise.resolve(present);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(settle);
          const subjects = stored.map(({ subject }) => JSON.stringify(subject)).join(", ") || "nothing";
          reject(
            new Error(`the awaited message did not arrive within ${timeoutMs} ms; arrived: ${subjects}`),
          );
        }, timeoutMs);
        const settle = (message: ReceivedMessage) => {
          if (!predicate(message)) return;
          clearTimeout(timer);
          waiting.delete(settle);
          resolve(message);
        };
        waiting.add(settle);
      });
    },
    close: () => listener.close(),
  };
}

type Arrival = Pick<ReceivedMessage, "client" | "envelope" | "tls">;

/** Copied at once: smtp-server empties the session's envelope for the next message. */
function describeArrival(session: SMTPServerSession, tls: TlsDetails | undefined): Arrival {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    tls,
    client: { address: session.remoteAddress, helo: session.hostNameAppearsAs },
    envelope: { from: mailFrom ? mailFrom.address : "", to: rcptTo.map(({ address }) => address) },
  };
}

async function verify(
  raw: Buffer,
  arrival: Arrival,
  mta: string,
  resolve: Resolve,
): Promise<ReceivedMessage> {
  const { client, envelope } = arrival;
  const found = await authenticate(raw, {
    ip: client.address,
    helo: client.helo,
    sender: envelope.from,
    mta,
    // mailauth takes whatever node:dns gives; its declaration names two of the shapes only.
    resolver: resolve as DNSResolver,
    strict: true,
    disableArc: true,
    disableBimi: true,
  });
  const receivedAt = new Date();
  const head = `Return-Path: <${envelope.from}>\r\n${found.headers}${receivedField(arrival, mta, receivedAt)}`;
  const withHead = Buffer.concat([Buffer.from(head), raw]);
  const fields = headerFields(raw);
  return {
    ...arrival,
    raw: withHead,
    receivedAt,
    subject: headerValues(fields, "Subject")[0] ?? "",
    messageId: headerValues(fields, "Message-ID")[0] ?? "",
    // The first such field is our own: what a sender put in stands below it.
    authenticationResults: headerValues(headerFields(withHead), "Authentication-Results")[0] ?? "",
    ...summarize(found),
  };
}

/** The trace of this hop (RFC 5321, section 4.4; ESMTPS and its TLS, RFC 3848). */
function receivedField({ client, tls }: Arrival, mta: string, at: Date): string {
  const encryption = tls ? ` (${tls.version} ${tls.cipher})` : "";
  const lines = [
    `Received: from ${client.helo} ([${client.address}])${encryption}`,
    `\tby ${mta} with ${tls ? "ESMTPS" : "ESMTP"};`,
    `\t${at.toUTCString().replace("GMT", "+0000")}`,
  ];
  return `${lines.join("\r\n")}\r\n`;
}

function summarize({
  spf,
  dkim,
  dmarc,
}: AuthenticateResult): Pick<ReceivedMessage, "spf" | "dkim" | "dmarc"> {
  return {
    spf: spf ? { result: spf.status.result, domain: spf.domain } : { result: "none", domain: "" },
    // Without any signature mailauth gives one entry, with the result "none".
    dkim: dkim.results
      .filter(({ status }) => status.result !== "none")
      .map(({ status, signingDomain = "", selector = "" }) => ({
        result: status.result,
        domain: signingDomain,
        selector,
      })),
    dmarc: dmarc
      ? { result: dmarc.status.result, domain: dmarc.policyDomain ?? dmarc.domain, policy: dmarc.policy }
      : { result: "none", domain: "", policy: "" },
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
