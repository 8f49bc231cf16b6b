import type { Finding } from "../finding";
import { type DkimKeyRecord, parseDkim } from "./key-record";
import { LONGEST_RSA_KEY, RECOMMENDED_RSA_KEY, readPublicKey, SHORTEST_RSA_KEY } from "./public-key";

/** What was found, without the place. */
type Remark = Omit<Finding, "path">;

/**
 * What a reviewer should know of a published DKIM key (RFC 6376 section 3.6.1, RFC 8301, RFC 8463). Never
 * throws, and looks nothing up. No findings: receivers can verify with it.
 * @param text the text, or the character strings of the TXT record
 * @param path where the text stands, such as `s1._domainkey.example.com`
 */
export function inspectDkim(text: string | readonly string[], path: string): Finding[] {
  const { record, findings } = parseDkim(text, path);
  if (!record) {
    return findings;
  }
  const remarks = [...keyRemarks(record), ...hashRemarks(record), ...useRemarks(record)];
  return [...findings, ...remarks.map(({ severity, message, next }) => ({ severity, path, message, next }))];
}

function keyRemarks({ k = "rsa", p }: DkimKeyRecord): Remark[] {
  const remark = (severity: Finding["severity"], message: string, next: string) => [
    { severity, message, next },
  ];
  if (p === "") {
    return remark(
      "warning",
      "the key is revoked (empty p): signatures of this selector fail (RFC 6376 section 3.6.1)",
      "Sign with another selector, and remove the record when no such mail is on its way any more.",
    );
  }
  if (k !== "rsa" && k !== "ed25519") {
    return remark(
      "error",
      `the key type ${k} is neither rsa nor ed25519, and verifiers ignore the key`,
      "Write k=rsa or k=ed25519.",
    );
  }
  const key = readPublicKey(p, k);
  if ("reason" in key) {
    return remark("error", `the key ${key.reason}, and verification fails`, "Copy the public key again.");
  }
  if (k === "ed25519") {
    return remark(
      "info",
      "some receivers cannot verify Ed25519, and take its mail for unsigned (RFC 8463)",
      "Sign with an RSA key of another selector as well.",
    );
  }
  if (key.bits < SHORTEST_RSA_KEY) {
    return remark(
      "error",
      `the RSA key has ${key.bits} bits, and receivers refuse keys under ${SHORTEST_RSA_KEY} (RFC 8301)`,
      `Make a key of ${RECOMMENDED_RSA_KEY} bits.`,
    );
  }
  if (key.bits < RECOMMENDED_RSA_KEY) {
    return remark(
      "warning",
      `the RSA key has ${key.bits} bits, which is accepted but weak (RFC 8301)`,
      `Make a key of ${RECOMMENDED_RSA_KEY} bits, and change to it by a second selector.`,
    );
  }
  if (key.bits > LONGEST_RSA_KEY) {
    return remark(
      "warning",
      `the RSA key has ${key.bits} bits, and receivers need not accept more than ${LONGEST_RSA_KEY} (RFC 8301)`,
      `Make a key of ${RECOMMENDED_RSA_KEY} bits.`,
    );
  }
  return key.bits === LONGEST_RSA_KEY
    ? remark(
        "info",
        `the RSA key has ${key.bits} bits: its TXT record needs several strings, and answers may need TCP`,
        `Check that the DNS host takes it; ${RECOMMENDED_RSA_KEY} bits fit in every answer.`,
      )
    : [];
}

/** RFC 8301 section 3.1: SHA-1 must not be used, and verifiers take such signatures for none. */
function hashRemarks({ h }: DkimKeyRecord): Remark[] {
  if (h === undefined || h.includes("sha256")) {
    return [];
  }
  const message = h.includes("sha1")
    ? "the key is for SHA-1 alone (h), which receivers no longer accept (RFC 8301)"
    : `the key is not for SHA-256 (h=${h.join(":")}), and receivers accept nothing else`;
  return [{ severity: "error", message, next: "Remove the tag h, or write h=sha256." }];
}

function useRemarks({ s = ["*"], t = [] }: DkimKeyRecord): Remark[] {
  const remarks: Remark[] = [];
  if (!s.includes("*") && !s.includes("email")) {
    const message = `the key is for the service ${s.join(":")}, and not for mail (s)`;
    remarks.push({ severity: "error", message, next: "Remove the tag s, or write s=email." });
  }
  if (t.includes("y")) {
    const message = "the key is in testing (t=y): receivers treat signed mail as unsigned mail";
    remarks.push({ severity: "warning", message, next: "Remove the flag y when signatures verify." });
  }
  if (t.includes("s")) {
    const message = "the key signs for the domain itself only, not for identities in subdomains (t=s)";
    remarks.push({
      severity: "info",
      message,
      next: "Nothing to do unless signatures have i= with a subdomain.",
    });
  }
  return remarks;
}
