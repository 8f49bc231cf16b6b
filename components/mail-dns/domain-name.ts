import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import type { Fault } from "../faults";

/** A domain name that passed {@link parseDomainName}, or what is wrong with it. */
export interface ParsedDomainName {
  /** Lower case, A-labels, no trailing dot; the input itself where it is refused. */
  name: string;
  /** Set when the name was written with other letters than ASCII: what it became. */
  converted?: { from: string; to: string };
  faults: Fault[];
}

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
/** RFC 1035 section 2.3.4: 255 octets on the wire, which are 253 characters in text. */
export const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

/**
 * Reads a host or mail domain name (RFC 1035 section 2.3.1, RFC 1123 section 2.1) of at least two labels. An
 * internationalized name is converted to its A-labels (RFC 5891) and the conversion is reported.
 */
export function parseDomainName(value: string, path: string): ParsedDomainName {
  const fault = (reason: string, next: string): ParsedDomainName => ({
    name: value,
    faults: [{ path, value, reason, next }],
  });
  if (value === "") {
    return fault("is empty", "Give a domain name such as example.com.");
  }
  if (value !== value.trim() || /\s/.test(value)) {
    return fault("has white space in it", `Write it without: ${JSON.stringify(value.replace(/\s/g, ""))}.`);
  }
  if (/[/:@]/.test(value)) {
    return fault("is not a bare domain name", "Leave out the scheme, the path and the mailbox: example.com.");
  }
  if (isIP(value) !== 0) {
    return fault("is an IP address", "Give a domain name such as example.com.");
  }
  if (value.endsWith(".")) {
    return fault("ends in a dot", `Write it without the dot: ${JSON.stringify(value.replace(/\.+$/, ""))}.`);
  }
  if (value.split(".").includes("")) {
    return fault("has an empty label (two dots in a row, or a dot in front)", "Remove the extra dot.");
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is meant.
  const isAscii = /^[\x00-\x7f]*$/.test(value);
  const name = isAscii ? value.toLowerCase() : domainToASCII(value);
  if (name === "") {
    return fault("has letters that no domain name can have", "Check its spelling (IDNA2008, RFC 5891).");
  }
  const labels = name.split(".");
  const faults: Fault[] = [];
  const add = (reason: string, next: string) => faults.push({ path, value, reason, next });
  if (labels.length < 2) {
    add("has a single label", "Give the whole name, such as example.com.");
  }
  if (name.length > LONGEST_NAME) {
    add(`has ${name.length} characters, and a name has at most ${LONGEST_NAME}`, "Use a shorter name.");
  }
  for (const label of labels) {
    if (label.length > LONGEST_LABEL) {
      add(
        `has the label "${label}" of ${label.length} characters, and a label has at most ${LONGEST_LABEL}`,
        "Shorten that label.",
      );
    } else if (label.includes("_")) {
      add(
        `has the label "${label}" with an underscore, which host and mail domain names cannot have`,
        "Use a hyphen, or a name without it.",
      );
    } else if (!LABEL.test(label)) {
      add(
        `has the label "${label}"; a label is made of a-z, 0-9 and hyphens, and neither begins nor ends with a hyphen`,
        "Correct that label.",
      );
    }
  }
  if (/^\d+$/.test(labels.at(-1) ?? "")) {
    add("has a top-level label of digits only", "Give a domain name such as example.com.");
  }
  return isAscii ? { name, faults } : { name, converted: { from: value, to: name }, faults };
}

/** Whether `name` is `domain` or lies below it; both in the form that {@link parseDomainName} returns. */
export function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}
