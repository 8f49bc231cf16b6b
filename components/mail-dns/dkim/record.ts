import { createPublicKey } from "node:crypto";
import type { Fault } from "../../faults";

/** RFC 8301 section 3.2: verifiers must not accept RSA keys of fewer bits. */
const SHORTEST_RSA_KEY = 1024;

/** How a smart host signs: a record that points to its key, or the key itself. */
export type DkimDeclaration =
  | { selector: string; cname: string }
  /** The public key, base64 DER (SubjectPublicKeyInfo; a raw key for Ed25519), as the host shows it. */
  | { selector: string; publicKey: string; keyType?: "rsa" | "ed25519" };

/** One or more labels (RFC 6376 section 3.1). */
const SELECTOR = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

/** The name of a selector's record (RFC 6376 section 3.6.2.1). */
export function dkimName(selector: string, domain: string): string {
  return `${selector.toLowerCase()}._domainkey.${domain}`;
}

/** The text of a key record (RFC 6376 section 3.6.1, RFC 8463 for Ed25519). */
export function dkimText(publicKey: string, keyType: "rsa" | "ed25519" = "rsa"): string {
  return `v=DKIM1; k=${keyType}; p=${publicKey.replace(/\s+/g, "")}`;
}

/** Everything that is wrong with a declaration: selector, base64, key size. */
export function dkimFaults(declaration: DkimDeclaration, path: string): Fault[] {
  const faults: Fault[] = [];
  if (!SELECTOR.test(declaration.selector)) {
    faults.push({
      path: `${path}.selector`,
      value: declaration.selector,
      reason: "is not a DKIM selector (RFC 6376 section 3.1)",
      next: "Copy it from the smart host, without ._domainkey and the domain.",
    });
  }
  if ("publicKey" in declaration) {
    const reason = keyFault(declaration.publicKey.replace(/\s+/g, ""), declaration.keyType ?? "rsa");
    if (reason) {
      const next = "Copy the value behind p= from the smart host, without quotes.";
      faults.push({ path: `${path}.publicKey`, reason, next });
    }
  }
  return faults;
}

function keyFault(base64: string, keyType: "rsa" | "ed25519"): string | undefined {
  const der = Buffer.from(base64, "base64");
  if (der.toString("base64").replace(/=+$/, "") !== base64.replace(/=+$/, "") || der.length === 0) {
    return "is not base64";
  }
  if (keyType === "ed25519") {
    return der.length === 32
      ? undefined
      : `is ${der.length} octets long, and an Ed25519 key has 32 (RFC 8463)`;
  }
  try {
    const bits = createPublicKey({ key: der, format: "der", type: "spki" }).asymmetricKeyDetails
      ?.modulusLength;
    return bits !== undefined && bits < SHORTEST_RSA_KEY
      ? `has ${bits} bits, and receivers refuse RSA keys under ${SHORTEST_RSA_KEY} (RFC 8301)`
      : undefined;
  } catch {
    return "is not an RSA public key";
  }
}
