// @peculiar/x509 needs this polyfill loaded before it.
import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate with its private key, both PEM. The key is a secret of the sandbox. */
export interface IssuedCertificate {
  key: string;
  cert: string;
}

/** When a certificate begins to be valid, and when it ends. */
export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

/** The sandbox's certificate authority: one root, valid for two days, that signs server certificates. */
export interface Authority {
  /** The root certificate, PEM; clients of the sandbox trust it. */
  readonly ca: string;
  /**
   * Issues a server certificate for these DNS names and IP addresses, the first of them its subject.
   *
   * @param valid from when until when; default from an hour ago, for two days
   */
  issue(names: string[], valid?: Validity): Promise<IssuedCertificate>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const HOUR = 3_600_000;

/**
 * Creates a fresh authority; its key stays in this process.
 *
 * A substitute for the public authorities: it shows that names and trust are checked, but no revocation,
 * no intermediate certificates and no certificate transparency.
 */
export async function createAuthority(): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Sandbox root, O=Sandbox",
    ...validity(),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  return {
    ca: `${root.toString("pem")}\n`,
    async issue(names, valid = validity()) {
      const [subject] = names;
      if (subject === undefined)
        throw new Error("names: a certificate needs at least one DNS name or address");
      const own = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const certificate = await X509CertificateGenerator.create({
        subject: [{ CN: [subject] }],
        issuer: root.subject,
        ...valid,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
          ),
          await SubjectKeyIdentifierExtension.create(own.publicKey),
          await AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      return { key: await toPem(own.privateKey), cert: `${certificate.toString("pem")}\n` };
    },
  };
}

/** From an hour ago, so that a guest whose clock is a little behind trusts it, for two days. */
function validity(): Validity {
  const now = Date.now();
  return { notBefore: new Date(now - HOUR), notAfter: new Date(now + 48 * HOUR) };
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  const octets = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
  const lines = octets.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
}
