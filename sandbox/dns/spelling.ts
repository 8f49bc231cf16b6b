import * as ipaddr from "ipaddr.js";

/**
 * The one spelling of names and addresses that a DNS host gives back as it was given. Any other comes back changed,
 * and makes a diff at every refresh.
 */

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** Why a name is not a lower-case FQDN without trailing dot, `*` as its first label allowed; undefined if it is. */
export function nameFault(name: string): string | undefined {
  if (name !== name.toLowerCase()) return "has upper-case letters, which come back as lower-case ones";
  if (name.endsWith(".")) return "ends in a dot, which does not come back";
  if (name.length > 253) return `has ${name.length} characters; a name has at most 253`;
  const [first = "", ...rest] = name.split(".");
  if (rest.length === 0) return "is not a full name with its zone, such as mail.example.com";
  const wrong = [...(first === "*" ? [] : [first]), ...rest].find((each) => !label.test(each));
  return wrong === undefined ? undefined : `has the label ${JSON.stringify(wrong)}, which no name can have`;
}

/** Why a text is not an IPv6 address in the spelling of RFC 5952; undefined if it is. */
export function ipv6Fault(address: string): string | undefined {
  if (!ipaddr.IPv6.isValid(address)) return `${JSON.stringify(address)} is no IPv6 address`;
  const stable = ipaddr.IPv6.parse(address).toRFC5952String();
  return stable === address ? undefined : `${address} comes back as ${stable}`;
}
