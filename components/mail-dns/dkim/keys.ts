import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { type DkimKeyType, LONGEST_RSA_KEY, RECOMMENDED_RSA_KEY, SHORTEST_RSA_KEY } from "./public-key";

const generate = promisify(generateKeyPair);

/** What key is wanted. */
export interface DkimKeyRequest {
  /** RSA is what every receiver verifies; Ed25519 (RFC 8463) only stands beside it. */
  keyType: DkimKeyType;
  /** Bits of an RSA key, 1024 to 4096, default 2048; without meaning for Ed25519. */
  bits?: number;
}

/** A new key pair. */
export interface DkimKeys {
  /** PKCS #8 PEM. SECRET: whoever has it signs as the domain. Keep it out of state, logs and user data. */
  privateKeyPem: string;
  /** Base64, as the tag p carries it: SubjectPublicKeyInfo for RSA, the 32 octets for Ed25519. */
  publicKey: string;
}

/**
 * Makes a DKIM key pair at random; two calls never give the same. The private key in the result is secret.
 * Rejects with a `RangeError` for an RSA size that receivers do not have to accept (RFC 8301 section 3.2).
 */
export async function generateDkimKeys({ keyType, bits }: DkimKeyRequest): Promise<DkimKeys> {
  if (keyType === "ed25519") {
    const { privateKey, publicKey } = await generate("ed25519");
    // RFC 8032 section 5.1.5: the last 32 octets of the SubjectPublicKeyInfo are the key itself.
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    return {
      privateKeyPem: pem(privateKey.export({ type: "pkcs8", format: "pem" })),
      publicKey: raw.toString("base64"),
    };
  }
  const modulusLength = bits ?? RECOMMENDED_RSA_KEY;
  const isAllowed = modulusLength >= SHORTEST_RSA_KEY && modulusLength <= LONGEST_RSA_KEY;
  if (!Number.isInteger(modulusLength) || !isAllowed) {
    throw new RangeError(
      `bits: ${modulusLength} is not between ${SHORTEST_RSA_KEY} and ${LONGEST_RSA_KEY}, which receivers accept ` +
        `(RFC 8301). Use ${RECOMMENDED_RSA_KEY}.`,
    );
  }
  const { privateKey, publicKey } = await generate("rsa", { modulusLength });
  return {
    privateKeyPem: pem(privateKey.export({ type: "pkcs8", format: "pem" })),
    publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  };
}

/** Node's types allow a Buffer for either format. */
function pem(exported: string | Buffer): string {
  return exported.toString();
}
