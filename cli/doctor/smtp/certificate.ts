import { checkServerIdentity, type PeerCertificate as NodeCertificate, type TLSSocket } from "node:tls";

/** What is wrong with a certificate, or undefined where Postfix would accept it. */
export type CertificateFault = "expired" | "not yet valid" | "self-signed" | "untrusted" | "wrong name";

/** A server's certificate as TLS showed it. */
export interface PeerCertificate {
  /** Names and addresses that it is for, such as `DNS:smtp.example.net`. */
  names: string[];
  /** Who signed it. */
  issuer: string;
  validFrom: Date;
  validTo: Date;
  /** Everything that is wrong; empty where it is verified for the host's name. */
  faults: { fault: CertificateFault; reason: string }[];
}

/** OpenSSL's reasons (X509_verify_cert_error_string), as Node names them. */
const FAULTS: Record<string, CertificateFault> = {
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not yet valid",
  DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed",
};

/** The certificate of an open connection, verified against the trusted authorities and for this host. */
export function peerCertificate(socket: TLSSocket, host: string): PeerCertificate {
  const certificate: NodeCertificate = socket.getPeerCertificate();
  const trust = trustFault(socket);
  const identity = checkServerIdentity(host, certificate);
  const names = (certificate.subjectaltname ?? "").split(", ").filter((name) => name !== "");
  return {
    names,
    issuer: [certificate.issuer?.O, certificate.issuer?.CN].flat().filter(Boolean).join(", "),
    validFrom: new Date(certificate.valid_from),
    validTo: new Date(certificate.valid_to),
    faults: [
      ...(trust ? [trust] : []),
      ...(identity
        ? [{ fault: "wrong name" as const, reason: `it is for ${names.join(", ") || "no name"}` }]
        : []),
    ],
  };
}

function trustFault({
  authorized,
  authorizationError,
}: TLSSocket): PeerCertificate["faults"][number] | undefined {
  // A string at run time, whatever the declaration says: the code of the verification.
  const code = String(authorizationError);
  // The name is looked at by itself, so that both faults of a certificate are told.
  if (authorized || code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return undefined;
  }
  return { fault: FAULTS[code] ?? "untrusted", reason: code };
}
