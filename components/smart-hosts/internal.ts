import type { SmartHostEndpoint } from "./smart-host";

/** A mail server of your own in the private network, which takes mail from the relay's address without a login. */
export interface InternalHostArgs {
  /** Its private IPv4 address; or its name, on another port than 25. */
  host: string;
  /** Default 25. */
  port?: number;
  /**
   * `may` (the default) takes TLS where the host offers it and goes on in clear text where it does not; `encrypt` keeps
   * the mail unless STARTTLS is offered. Neither verifies the certificate. `starttls` does, and needs the host's name.
   */
  tls?: "may" | "encrypt" | "starttls";
  /** Largest message in bytes (its EHLO SIZE). The relay takes no larger one, wherever it goes. */
  maxMessageBytes?: number;
}

/** A mail server inside the private network: for a route, or as the one that all mail goes to. */
export function internalHost({
  host,
  port = 25,
  tls = "may",
  maxMessageBytes,
}: InternalHostArgs): SmartHostEndpoint {
  return { name: host, host, port, tls, internal: true, maxMessageBytes };
}
