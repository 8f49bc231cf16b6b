import { parseMailAddress } from "../mail-address";

/** Where receivers send reports (RFC 9989 section 4.6), as one entry of the tags rua and ruf has it. */
export interface ReportUri {
  /** As published, without the obsolete size suffix. */
  uri: string;
  /** Lower case. Receivers have to support `mailto` only, and ignore schemes that they do not know. */
  scheme: string;
  /** The mail address of a `mailto:` URI, decoded; undefined for other schemes and where it holds none. */
  address?: string;
  /** The obsolete `!10m` (RFC 9989 section 4.8), without the exclamation mark. */
  size?: string;
}

/** RFC 3986, but `,` and `!` must be percent-encoded (RFC 9989 section 4.8). */
const URI = /^([a-z][a-z0-9+.-]*):((?:[a-z0-9\-._~:/?#[\]@$&'()*+=]|%[0-9a-f]{2})*)$/i;
const OBSOLETE_SIZE = /!([0-9]+[kmgt]?)$/i;

/** Reads one reporting URI; undefined where the text is none, and receivers ignore it. */
export function parseReportUri(text: string): ReportUri | undefined {
  const size = OBSOLETE_SIZE.exec(text)?.[1];
  const uri = text.replace(OBSOLETE_SIZE, "");
  const [, scheme = "", rest = ""] = URI.exec(uri) ?? [];
  if (scheme === "") {
    return undefined;
  }
  const address = scheme.toLowerCase() === "mailto" ? addressOf(rest) : undefined;
  return { uri, scheme: scheme.toLowerCase(), address, size };
}

/** Whether an address carries the obsolete size suffix (`!10m`), which a mailbox's name must not end in. */
export function hasSizeSuffix(address: string): boolean {
  return OBSOLETE_SIZE.test(address);
}

/**
 * The `mailto:` URI of a mail address (RFC 6068), as the tags rua and ruf carry it: what would end the URI,
 * the list or the tag (`,` `!` `;` `%` and others) is percent-encoded (RFC 9989 section 4.8).
 */
export function mailtoUri(address: string): string {
  const encoded = address.replace(/[^A-Za-z0-9@._+~-]/gu, (char) =>
    encodeURIComponent(char).replace(/[!'()*]/g, percent),
  );
  return `mailto:${encoded}`;
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** RFC 6068: the address ends where header fields (`?subject=…`) begin. */
function addressOf(rest: string): string | undefined {
  try {
    const address = decodeURIComponent(rest.replace(/[?#].*$/, ""));
    return parseMailAddress(address, "").faults.length === 0 ? address : undefined;
  } catch {
    // Percent-encoded octets that are no UTF-8.
    return undefined;
  }
}
