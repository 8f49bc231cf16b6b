import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Fault } from "../../faults";

/** As the server checks it again before it takes a list over. */
const USER = /^[a-z0-9._@-]+:\{(ARGON2ID|BLF-CRYPT|SHA512-CRYPT)\}[$][!-9;-~]+$/;

/** What is wrong with a list of users. Lines are named by their numbers: names and hashes are nobody's business. */
export function usersFaults(text: string, path: string): Fault[] {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.every((line) => line === "")) {
    return [{ path, reason: "is empty", next: "Give a line NAME:{SCHEME}HASH for each user." }];
  }
  const seen = new Set<string>();
  return lines.flatMap((line, index): Fault[] => {
    if (line === "") {
      return [];
    }
    if (!USER.test(line)) {
      const reason = `has a line ${index + 1} that is not NAME:{SCHEME}HASH with ARGON2ID, BLF-CRYPT or SHA512-CRYPT`;
      return [{ path, reason, next: "Hash the password; never give it in clear." }];
    }
    const name = line.slice(0, line.indexOf(":"));
    const isTwice = seen.has(name);
    seen.add(name);
    return isTwice
      ? [{ path, reason: `has in line ${index + 1} a name that is there twice`, next: "Remove one." }]
      : [];
  });
}

/**
 * What is wrong with a key and its certificates in one text. What the server alone can tell, such as whether the
 * intermediate certificates belong to each other, is left to the server, which then keeps the last good ones.
 *
 * @param serverName the name that clients connect to
 * @param now milliseconds since 1970
 */
export function certificateFaults(pem: string, serverName: string, path: string, now: number): Fault[] {
  const next =
    "Give the private key, the certificate and the intermediate certificates in PEM, in this order.";
  const [leaf] = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/) ?? [];
  const certificate = attempt(() => new X509Certificate(leaf ?? ""));
  const key = attempt(() => createPrivateKey(pem));
  const faults: Fault[] = [];
  if (key === undefined) {
    faults.push({ path, reason: "has no private key that can be read without a passphrase", next });
  }
  if (certificate === undefined) {
    return [...faults, { path, reason: "has no certificate", next }];
  }
  if (key !== undefined && !certificate.checkPrivateKey(key)) {
    faults.push({ path, reason: "has a certificate that is of another key", next });
  }
  if (certificate.checkHost(serverName) === undefined) {
    const reason = `has a certificate for ${certificate.subjectAltName ?? "no name"}, not for ${serverName}`;
    faults.push({ path, reason, next: "Give one for that name, or set submission.serverName." });
  }
  if (now > Date.parse(certificate.validTo)) {
    const reason = `has a certificate that is expired since ${certificate.validTo}`;
    faults.push({ path, reason, next: "Renew it first." });
  }
  return faults;
}

function attempt<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
