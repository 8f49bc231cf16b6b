import type { Finding } from "../../components/mail-dns/finding";

/** From the least to the gravest. */
const SEVERITIES: readonly Finding["severity"][] = ["info", "warning", "error"];

/** A number that is the greater the graver the severity is. */
export function gravity(severity: Finding["severity"]): number {
  return SEVERITIES.indexOf(severity);
}
