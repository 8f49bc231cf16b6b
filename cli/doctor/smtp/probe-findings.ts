import { plainText } from "../../plain-text";
import type { Finding } from "../check";
import type { CertificateFault, PeerCertificate } from "./certificate";
import type { SmtpReply } from "./dialogue";
import type { ProbeResult } from "./probe";

/** A certificate with less than this part of its lifetime left is told of: well-kept ones are renewed before (RFC 8555 clients at a third). */
const PART_LEFT = 0.1;

/** What to do where a server can't be reached, and where it is reached and does not speak. */
export interface FailureAdvice {
  connect: string;
  speak: string;
}

/** A session that broke off, as a finding. */
export function failureFinding(
  path: string,
  { step, code, message }: Extract<ProbeResult, { kind: "failed" }>,
  advice: FailureAdvice,
): Finding {
  const error = (text: string, next: string): Finding => ({ severity: "error", path, message: text, next });
  const said = plainText(message);
  switch (step) {
    case "resolve":
      return error(
        `its name has no address: ${said}`,
        "Check the host's name, and the resolver that was asked.",
      );
    case "connect":
      return error(
        code === "ECONNREFUSED"
          ? "the connection is refused: the host is there, and nothing listens on the port"
          : code === "ETIMEDOUT"
            ? `the connection is not answered (${said}): the host is down, or a firewall drops the packets`
            : `no connection: ${said}`,
        advice.connect,
      );
    case "TLS handshake":
      return error(
        `TLS could not be begun: ${said}`,
        "The relay speaks TLS 1.2 and 1.3; a host with older versions only, or with another way to begin TLS, can't be used.",
      );
    default:
      return error(`the session broke off at ${step}: ${said}`, advice.speak);
  }
}

/** A greeting that sends the client away (554, 421). */
export function refusalFinding(path: string, banner: SmtpReply): Finding | undefined {
  return banner.code === 220
    ? undefined
    : {
        severity: "error",
        path,
        message: `the server sends this address away: ${banner.code} ${plainText(banner.lines.join(" "))}`,
        next: "Read its answer: most often the sending address is on a block list, or has to be let in first.",
      };
}

const MEANINGS: Record<CertificateFault, { message: string; next: string }> = {
  expired: {
    message: "its certificate has expired",
    next: "Have the smart host's operator renew it. Mail waits on the relay until then.",
  },
  "not yet valid": {
    message: "its certificate is not valid yet",
    next: "Check this machine's clock, and the relay's; then ask the smart host's operator.",
  },
  "self-signed": {
    message: "its certificate is self-signed, and no authority vouches for it",
    next: "Have the host use a certificate of a public authority for its name; mail waits until then. If nobody may stand between, find out who answers there.",
  },
  untrusted: {
    message: "its certificate is signed by an authority that is not trusted here",
    next: "Have the host send its intermediate certificates and use a public authority, or find out who stands between.",
  },
  "wrong name": {
    message: "its certificate is for another host",
    next: "Set the smart host to a name that the certificate shows, or have the operator issue it for this name.",
  },
};

/** What is wrong with a certificate that has to be valid for a host, and whether it ends soon. */
export function certificateFindings(
  path: string,
  host: string,
  { faults, validFrom, validTo, issuer, names }: PeerCertificate,
  now: Date,
): Finding[] {
  const found = faults.map(({ fault, reason }): Finding => {
    const detail = {
      expired: `on ${validTo.toISOString()}`,
      "not yet valid": reason,
      "self-signed": reason,
      untrusted: `issuer ${plainText(issuer) || "unknown"}; ${reason}`,
      "wrong name": `${plainText(reason)}, and not for ${host}`,
    }[fault];
    return {
      severity: "error",
      path,
      message: `${MEANINGS[fault].message} (${detail})`,
      next: MEANINGS[fault].next,
    };
  });
  const lifetime = validTo.getTime() - validFrom.getTime();
  const endsSoon = found.length === 0 && validTo.getTime() - now.getTime() < lifetime * PART_LEFT;
  return endsSoon
    ? [
        {
          severity: "warning",
          path,
          message: `its certificate for ${plainText(names.join(", "))} ends on ${validTo.toISOString()}, and was not renewed yet`,
          next: "Have the smart host's operator renew it: mail waits on the relay once it has expired.",
        },
      ]
    : found;
}
