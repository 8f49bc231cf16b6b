import { LONGEST_NAME } from "./domain-name";

/** Printable ASCII, all that a domain-spec (RFC 7208 section 12) and a mail address (RFC 5321 section 4.1.2) hold. */
const LABEL = /^[\x20-\x7e]{1,63}$/;

/**
 * Whether DNS can be asked for the name: labels of 1 to 63 octets, at most 253 characters in all (RFC 1035 section
 * 2.3.4). Letters beyond ASCII, which only a local part can bring in (RFC 8616 section 4), cannot be asked for,
 * and neither can control characters, which no mail address has.
 */
export function isQueryable(name: string): boolean {
  return name.length <= LONGEST_NAME && name.split(".").every((label) => LABEL.test(label));
}
