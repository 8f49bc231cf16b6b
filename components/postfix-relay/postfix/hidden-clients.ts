import type { RelaySettings } from "../settings";

/** Header fields that name a client, besides Received. */
const FIELDS = ["X-Received", "X-Originating-IP"];

/**
 * The lines of main.cf that take the clients' names and addresses out of headers: their Received fields go, and the
 * relay's own loses its "from", so that the hop itself can still be seen and loops are still counted (hopcount_limit).
 *
 * Messages within messages stay as they are: a notice, or mail that was forwarded as an attachment.
 */
export function hiddenClientLines({ hideClients, hostName }: RelaySettings): string[] {
  if (hideClients !== true) {
    return [];
  }
  // Postfix writes "from CLIENT (...) by HOST (Postfix) with ESMTP id ...". In main.cf a $ is written twice.
  const own = `/^Received:.*[[:space:]]by ${hostName.replaceAll(".", "[.]")} \\(Postfix\\)([[:space:]]+(with|id)[[:space:]].*)/`;
  return [
    "# Receivers learn nothing of the clients' names and addresses; only the relay's own hop is left.",
    "header_checks = regexp:{",
    `    { ${own} REPLACE Received: by ${hostName} (Postfix)$$1 }`,
    `    { /^(Received|${FIELDS.join("|")}):/ IGNORE } }`,
    "mime_header_checks =",
    "nested_header_checks =",
  ];
}
