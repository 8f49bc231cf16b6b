import type { SmartHostEndpoint } from "../../smart-hosts/smart-host";

/**
 * What a transport has to say of a host's TLS beside main.cf, which has STARTTLS and a verified certificate; options
 * of smtp(8), each `name=value`.
 */
export function tlsOptions({ tls }: SmartHostEndpoint): string[] {
  switch (tls) {
    case "starttls":
      return [];
    case "wrapper":
      return ["smtp_tls_wrappermode=yes"];
    default:
      return [`smtp_tls_security_level=${tls}`];
  }
}

/** A transport's line of master.cf: Postfix's SMTP client, with options of its own. */
export function smtpTransport(name: string, options: readonly string[]): string {
  return [`${name} unix - - y - - smtp`, ...options.map((option) => `-o ${option}`)].join(" ");
}
