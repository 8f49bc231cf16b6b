import { randomBytes } from "node:crypto";
import { dkimSign } from "mailauth/lib/dkim/sign.js";
import type { AuthenticatedDomain } from "./domains";

/**
 * The envelope sender under which a message leaves: the domain's return path, with account and recipient
 * in its local part, so that a bounce tells both (VERP).
 */
export function returnPath(domain: AuthenticatedDomain, recipient: string): string {
  const verp = recipient.replace("@", "=");
  return `bounces+${domain.userId}-${randomBytes(2).toString("hex")}-${verp}@${domain.subdomain}.${domain.domain}`;
}

/**
 * The message signed with the domain's DKIM key (RSA-SHA256, relaxed/relaxed), the signature on top.
 *
 * @throws Error when it cannot be signed.
 */
export async function sign(raw: Buffer, domain: AuthenticatedDomain): Promise<Buffer> {
  const key = {
    signingDomain: domain.domain,
    selector: domain.signing.selector,
    privateKey: domain.signing.privateKey,
  };
  const { signatures, errors } = await dkimSign(raw, {
    ...key,
    canonicalization: "relaxed/relaxed",
    algorithm: "rsa-sha256",
    strict: true,
    signTime: new Date(),
    // The declaration wants the key above; it is this list that is signed with.
    signatureData: [key],
  });
  // dkimSign reports what went wrong instead of throwing it.
  if (errors.length > 0 || signatures === "") {
    throw new Error(`DKIM signature for ${domain.domain} failed`, { cause: errors[0]?.err });
  }
  return Buffer.concat([Buffer.from(signatures), raw]);
}
