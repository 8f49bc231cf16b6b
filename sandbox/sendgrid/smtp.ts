import type { SMTPServerOptions } from "smtp-server";
import type { Resolve } from "../dns";
import type { IssuedCertificate } from "../pki";
import { listenSmtp, readMessage, type SmtpListener } from "../smtp-listener";
import type { SendGridAccount } from "./account";
import { Delivery, type DeliveryOptions, type DeliveryOutcome } from "./delivery";
import { type AcceptedMessage, arrivalOf, Intake } from "./intake";
import { SmtpFaults, SmtpRefusal } from "./smtp-faults";

/** SendGrid's limit of a message's size, in octets, as its EHLO announces it. */
const MAX_SIZE = 31_457_280;

/** An address the SMTP side listens on. */
export interface SmtpPort {
  address: string;
  /** 0 takes a free port. SendGrid's own are 587, 2525 and 25 (STARTTLS), 465 (wrapper). */
  port: number;
  /** Clear text that STARTTLS encrypts, or TLS from the first octet. Default "starttls". */
  tls?: "starttls" | "wrapper";
}

export interface SendGridSmtpOptions extends Omit<DeliveryOptions, "heloName"> {
  account: SendGridAccount;
  /** Where recipients' servers are looked up. */
  resolver: Resolve;
  /** For smtp.sendgrid.net. */
  certificate: IssuedCertificate;
  listen: SmtpPort[];
}

export interface SendGridSmtp {
  /** Every address with the port that it got. */
  readonly addresses: Required<SmtpPort>[];
  readonly faults: SmtpFaults;
  /** Every message answered with 250, oldest first. */
  accepted(): AcceptedMessage[];
  /** Accepted messages, how many of them had been accepted before, and messages refused after DATA. */
  counters(): { accepted: number; duplicates: number; refused: number };
  /** What became of each recipient's message. */
  outcomes(): DeliveryOutcome[];
  /** Takes the host down: connections are refused, open ones end with 421. Delivery goes on. */
  pause(): Promise<void>;
  /** Takes the host up again, on the same ports. */
  resume(): Promise<void>;
  /** Resolves when every accepted message is delivered or given up. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the substitute for smtp.sendgrid.net: login with an API key over TLS, check of the sender identity,
 * return path, DKIM signature, delivery to the recipient's MX.
 *
 * Stricter than SendGrid, which also takes a password without TLS. It does not show throughput limits,
 * suppression lists, content filters, click tracking, nor SendGrid's many outbound addresses.
 *
 * @throws Error of the socket when an address cannot be bound; nothing stays bound then.
 */
export async function startSendGridSmtp(options: SendGridSmtpOptions): Promise<SendGridSmtp> {
  const { account, certificate, listen } = options;
  const faults = new SmtpFaults();
  const delivery = new Delivery({ ...options, heloName: account.heloName });
  const intake = new Intake(account, delivery, faults);

  let listeners = await openAll(listen, certificate, intake);
  const addresses = listen.map(({ address, port, tls = "starttls" }, index) => ({
    address,
    port: listeners[index]?.port ?? port,
    tls,
  }));
  const pause = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    listeners = [];
  };

  return {
    addresses,
    faults,
    accepted: () => intake.accepted(),
    counters: () => intake.counters(),
    outcomes: () => delivery.outcomes(),
    pause,
    resume: async () => {
      if (listeners.length === 0) listeners = await openAll(addresses, certificate, intake);
    },
    idle: () => delivery.idle(),
    close: async () => {
      await pause();
      await delivery.close();
    },
  };
}

/** Binds every port, or none. */
async function openAll(
  ports: SmtpPort[],
  certificate: IssuedCertificate,
  intake: Intake,
): Promise<SmtpListener[]> {
  const results = await Promise.allSettled(ports.map((port) => open(port, certificate, intake)));
  const opened = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) {
    await Promise.all(opened.map((listener) => listener.close()));
    throw failed.reason;
  }
  return opened;
}

async function open(
  { address, port, tls }: SmtpPort,
  certificate: IssuedCertificate,
  intake: Intake,
): Promise<SmtpListener> {
  const listener: SmtpListener = await listenSmtp(
    {
      ...certificate,
      ...GREETING,
      secure: tls === "wrapper",
      onAuth: ({ username, password }, _session, callback) =>
        settle(() => ({ user: intake.logIn(username, password).id }), callback),
      onMailFrom: (sender, _session, callback) => settle(() => intake.checkSender(sender.address), callback),
      onData(stream, session, callback) {
        const arrival = arrivalOf(session, listener.tlsOf(session.id));
        readMessage(stream)
          .then((raw) => {
            if (stream.sizeExceeded) throw new SmtpRefusal(552, "Message size exceeds fixed limit");
            return intake.accept(raw, arrival);
          })
          .then(() => callback(null, `Ok: queued as ${session.id}`))
          .catch((error: unknown) => callback(asRefusal(error)));
      },
    },
    { address, port },
  );
  return listener;
}

/** What EHLO announces: 8BITMIME, PIPELINING, SIZE, STARTTLS, AUTH PLAIN LOGIN. */
const GREETING: SMTPServerOptions = {
  name: "smtp.sendgrid.net",
  banner: "SG ESMTP service ready (substitute)",
  size: MAX_SIZE,
  authMethods: ["PLAIN", "LOGIN"],
  hideSMTPUTF8: true,
  hideENHANCEDSTATUSCODES: true,
};

/** Calls back with the work's result, or with the refusal that it throws. */
function settle<T>(work: () => T, callback: (error: Error | null, result?: T) => void): void {
  let result: T;
  try {
    result = work();
  } catch (error) {
    callback(asRefusal(error));
    return;
  }
  callback(null, result);
}

/** A fault of the substitute itself is a temporary one for its client: no mail may bounce because of it. */
function asRefusal(error: unknown): SmtpRefusal {
  if (error instanceof SmtpRefusal) return error;
  return new SmtpRefusal(451, `substitute failed: ${error instanceof Error ? error.message : String(error)}`);
}
