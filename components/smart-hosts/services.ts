/** What is known of a mail service as a smart host; each fact with its source, and nothing that has none. */
export interface MailService {
  /** The name for messages and comments. */
  name: string;
  /**
   * The ports that the service documents, with how TLS starts there; the default comes first. Port 25 is left out
   * everywhere: cloud providers close it for new accounts.
   */
  ports: readonly (readonly [port: number, tls: "starttls" | "wrapper"])[];
  /** The largest message in bytes. A service that says MB is taken at 1,000,000 bytes, the smaller reading. */
  maxMessageBytes?: number;
  /** How many messages it takes on one connection. */
  maxMessagesPerConnection?: number;
  /** How many connections it takes at once from one client. */
  maxConnections?: number;
}

/**
 * The services with a preset. Sources by page title:
 *
 * - SendGrid: "SMTP service ports"; "Integrating with the SMTP API" (30 MiB, 5,000 messages a connection, 10,000
 *   connections at once from one server).
 * - Amazon SES: "Connecting to an Amazon SES SMTP endpoint" (ports); "Service quotas in Amazon SES" (40 MB after
 *   base64).
 * - Mailgun: "Sending Messages", sections "Send via SMTP" (ports) and "Send via HTTP" (25 MB a message).
 * - Postmark: "What are the SMTP details / API Tokens I should be using?" (ports); "What are the Attachment and Email
 *   Size Limits?" (10 MB after base64).
 * - Mailjet: "Which SMTP port should I use with Mailjet?" (ports; 80 is left out). No page gives a size for SMTP.
 */
export const MAIL_SERVICES = {
  sendgrid: {
    name: "SendGrid",
    ports: [
      [587, "starttls"],
      [2525, "starttls"],
      [465, "wrapper"],
    ],
    maxMessageBytes: 31_457_280,
    maxMessagesPerConnection: 5_000,
    maxConnections: 10_000,
  },
  ses: {
    name: "Amazon SES",
    ports: [
      [587, "starttls"],
      [2587, "starttls"],
      [465, "wrapper"],
      [2465, "wrapper"],
    ],
    maxMessageBytes: 40_000_000,
  },
  mailgun: {
    name: "Mailgun",
    ports: [
      [587, "starttls"],
      [2525, "starttls"],
      [465, "wrapper"],
    ],
    maxMessageBytes: 25_000_000,
  },
  postmark: {
    name: "Postmark",
    ports: [
      [587, "starttls"],
      [2525, "starttls"],
    ],
    maxMessageBytes: 10_000_000,
  },
  mailjet: {
    name: "Mailjet",
    ports: [
      [587, "starttls"],
      [588, "starttls"],
      [2525, "starttls"],
      [465, "wrapper"],
    ],
  },
} as const satisfies Record<string, MailService>;

/** The ports of a service, the default first. */
export function portsOf(service: MailService): number[] {
  return service.ports.map(([port]) => port);
}

/**
 * How TLS starts on a port of the service. A port that it does not have is taken for STARTTLS; it is refused with the
 * settings of the relay, beside their other faults.
 */
export function tlsOn(service: MailService, port: number): "starttls" | "wrapper" {
  return service.ports.find(([known]) => known === port)?.[1] ?? "starttls";
}
