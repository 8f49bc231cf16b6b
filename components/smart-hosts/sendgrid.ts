import { MAIL_SERVICES, portsOf, tlsOn } from "./services";
import type { SmartHostEndpoint } from "./smart-host";

/** SendGrid as the smart host: it gets a sender identity and a key of its own. */
export interface SendGridSmartHost {
  kind: "sendgrid";
  endpoint: SmartHostEndpoint;
  region: "global" | "eu";
}

/** Where SendGrid listens, port 25 left out (SendGrid, "SMTP service ports"). */
export const SENDGRID_PORTS: readonly number[] = portsOf(MAIL_SERVICES.sendgrid);

export interface SendGridOptions {
  /**
   * 587 (the default) or 2525 with STARTTLS, or 465 with TLS from the first byte. 25 is refused: new cloud
   * accounts block it.
   */
  port?: number;
  /** Where the account's data lives. `eu` needs a regional subuser. Default `global`. */
  region?: "global" | "eu";
}

/**
 * SendGrid's SMTP service: user `apikey`, the API key as password, 30 MiB a message, 5,000 messages a
 * connection (SendGrid, "Integrating with the SMTP API").
 */
export function sendgrid({ port = 587, region = "global" }: SendGridOptions = {}): SendGridSmartHost {
  const { name, maxMessageBytes, maxMessagesPerConnection, maxConnections } = MAIL_SERVICES.sendgrid;
  return {
    kind: "sendgrid",
    region,
    endpoint: {
      name,
      host: region === "eu" ? "smtp.eu.sendgrid.net" : "smtp.sendgrid.net",
      port,
      tls: tlsOn(MAIL_SERVICES.sendgrid, port),
      user: "apikey",
      maxMessageBytes,
      maxMessagesPerConnection,
      maxConnections,
    },
  };
}
