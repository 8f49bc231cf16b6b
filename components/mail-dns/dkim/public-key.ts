import { createPublicKey } from "node:crypto";

/** RSA with SHA-256 (RFC 6376, RFC 8301) or Ed25519 with SHA-256 (RFC 8463). */
export type DkimKeyType = "rsa" | "ed25519";

/** RFC 8301 section 3.2: verifiers must not accept RSA keys of fewer bits. */
export const SHORTEST_RSA_KEY = 1024;
/** RFC 8301 section 3.2: what signers should use at least. */
export const RECOMMENDED_RSA_KEY = 2048;
/** RFC 8301 section 3.2: verifiers need not accept RSA keys of more bits. */
export const LONGEST_RSA_KEY = 4096;

/** RFC 8463 section 4: the key itself, without an ASN.1 wrapping. */
const ED25519_OCTETS = 32;

/** A public key as the tag p carries it. */
export type DkimPublicKey =
  /** Bits of the modulus; 256 for Ed25519. */
  | { bits: number }
  /** Why it is none; reads on from "the key": "is not base64". */
  | { reason: string };

/**
 * Reads the value of the tag p. RSA: base64 of a DER SubjectPublicKeyInfo (RFC 6376 erratum 3017). Ed25519:
 * base64 of the 32 octets. Size limits are for the caller to judge.
 */
export function readPublicKey(base64: string, keyType: DkimKeyType): DkimPublicKey {
  const der = Buffer.from(base64, "base64");
  if (der.toString("base64").replace(/=+$/, "") !== base64.replace(/=+$/, "") || der.length === 0) {
    return { reason: "is not base64" };
  }
  if (keyType === "ed25519") {
    return der.length === ED25519_OCTETS
      ? { bits: 8 * ED25519_OCTETS }
      : { reason: `is ${der.length} octets long, and an Ed25519 key has ${ED25519_OCTETS} (RFC 8463)` };
  }
  try {
    const bits = createPublicKey({ key: der, format: "der", type: "spki" }).asymmetricKeyDetails
      ?.modulusLength;
    return bits === undefined ? { reason: "is not an RSA public key" } : { bits };
  } catch {
    return { reason: "is not an RSA public key" };
  }
}
