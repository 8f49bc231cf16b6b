import type { Fault } from "../faults";
import { parseDomainName } from "./domain-name";

export interface ParsedMailAddress {
  local: string;
  /** In the form of {@link parseDomainName}. */
  domain: string;
  faults: Fault[];
}

/** RFC 5321 section 4.1.2: a dot-string of atoms. Quoted local parts are legal, but no sender should have one. */
const DOT_STRING = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** RFC 5321 section 4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;

/** Reads `local@domain`, without display name or angle brackets. */
export function parseMailAddress(value: string, path: string): ParsedMailAddress {
  const at = value.lastIndexOf("@");
  if (at < 1 || at === value.length - 1) {
    const next = "Give a bare address such as noreply@example.com.";
    return { local: "", domain: "", faults: [{ path, value, reason: "is not a mail address", next }] };
  }
  const local = value.slice(0, at);
  const { name, faults: domainFaults } = parseDomainName(value.slice(at + 1), path);
  const faults = domainFaults.map((fault) => ({ ...fault, value, reason: `the domain ${fault.reason}` }));
  if (!DOT_STRING.test(local)) {
    faults.push({
      path,
      value,
      reason: "the part before the @ has a character that needs quoting, or a misplaced dot",
      next: "Use letters, digits, dots, hyphens, plus signs and underscores.",
    });
  } else if (local.length > LONGEST_LOCAL_PART) {
    faults.push({
      path,
      value,
      reason: `the part before the @ has ${local.length} characters, and at most ${LONGEST_LOCAL_PART} are allowed`,
      next: "Use a shorter address.",
    });
  }
  return { local, domain: name, faults };
}
