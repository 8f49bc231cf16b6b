/**
 * The server that takes all mail of a relay: the smart host, as Postfix has to know it.
 *
 * The password is not part of it. It reaches the relay by another way (see `RelaySettings.credential`), so an
 * endpoint may be printed, compared and kept in a state file.
 */
export interface SmartHostEndpoint {
  /** The name for messages and comments, such as "SendGrid". */
  name: string;
  /** The host's FQDN; for an internal host it may be a private IPv4 address. */
  host: string;
  /**
   * The TCP port: 587 and 2525 take STARTTLS, 465 TLS from the first byte; other ports as the host has it. 25 only for an internal host, because
   * cloud providers block outgoing connections to port 25 for new accounts.
   */
  port: number;
  /**
   * How TLS starts: `starttls` within the SMTP session (RFC 3207), `wrapper` before it (RFC 8314, port 465); the
   * certificate is verified in both. Two more are for an internal host without a login, by the names of Postfix's
   * `smtp_tls_security_level`: `may` takes TLS where the host offers it and goes on in clear text where it does not,
   * `encrypt` demands STARTTLS; neither verifies the certificate.
   */
  tls: "starttls" | "wrapper" | "may" | "encrypt";
  /** The ports on which the host is known to listen; another `port` is refused with this list. Default: any. */
  ports?: readonly number[];
  /** The SASL user name; at SendGrid always `apikey`. Only an internal host may be without: it takes mail with no login. */
  user?: string;
  /** True for a host inside the private network, the only kind that may listen on port 25. Default false. */
  internal?: boolean;
  /** The largest message in bytes that the host takes: the number in its EHLO SIZE (RFC 1870). */
  maxMessageBytes?: number;
  /** How many messages the host takes in one connection. */
  maxMessagesPerConnection?: number;
  /** How many connections the host takes at once from one client. Default: nothing is known, and 20 are made at most. */
  maxConnections?: number;
}
