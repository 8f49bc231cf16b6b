import type { Fault } from "../../faults";
import { buildDkim } from "./key-record";
import { type DkimKeyType, readPublicKey, SHORTEST_RSA_KEY } from "./public-key";

/** How a smart host signs: a record that points to its key, or the key itself. */
export type DkimDeclaration =
  | { selector: string; cname: string }
  /** The public key, base64 DER (SubjectPublicKeyInfo; a raw key for Ed25519), as the host shows it. */
  | { selector: string; publicKey: string; keyType?: DkimKeyType };

/** One or more labels (RFC 6376 section 3.1). */
const SELECTOR = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

/** The name of a selector's record (RFC 6376 section 3.6.2.1). */
export function dkimName(selector: string, domain: string): string {
  return `${selector.toLowerCase()}._domainkey.${domain}`;
}

/** The text of a key record (RFC 6376 section 3.6.1, RFC 8463 for Ed25519). */
export function dkimText(publicKey: string, keyType: DkimKeyType = "rsa"): string {
  return buildDkim({ v: "DKIM1", k: keyType, p: publicKey.replace(/\s+/g, "") });
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

function keyFault(base64: string, keyType: DkimKeyType): string | undefined {
  const key = readPublicKey(base64, keyType);
  if ("reason" in key) {
    return key.reason;
  }
  return keyType === "rsa" && key.bits < SHORTEST_RSA_KEY
    ? `has ${key.bits} bits, and receivers refuse RSA keys under ${SHORTEST_RSA_KEY} (RFC 8301)`
    : undefined;
}
