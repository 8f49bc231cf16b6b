import { isDeepStrictEqual } from "node:util";
import type { Fault } from "../../faults";
import { type CredentialSource, checkCredential } from "../server/credential-source";
import { AUTH_SOCKET, dovecotFiles } from "../server/dovecot";
import type { ServerFile } from "../server/file";
import type { RelaySettings } from "../settings";
import { checkHostName } from "./host-name";
import { checkLoginSenders, loginSenderOption } from "./login-senders";

/**
 * Message submission with a login (RFC 6409, RFC 8314) for clients outside of the ranges in `clients`: on 587 with
 * STARTTLS and on 465 with TLS from the first byte. A login is offered after TLS 1.2 or newer only, and never on port 25.
 * Clients of the ranges need none, as ever.
 */
export interface Submission {
  /**
   * Where the users are: a line `NAME:{SCHEME}HASH` for each, of ARGON2ID, BLF-CRYPT or SHA512-CRYPT, so that the server
   * never has a password. Names have small letters, digits and `.-_@`. A SecureString has room for 4096 bytes, about 30
   * users, or 8192 in the advanced tier. With source `file`, `/etc/smarthost/users`.
   */
  users: CredentialSource;
  /**
   * Where the certificate is, for `serverName`: private key, certificate and intermediate certificates in PEM. With source
   * `file`, `/etc/smarthost/certificate.pem`. Port 25 shows it too. One that is expired, not valid yet, for another
   * name, not for servers, or not of the key is not taken over: the last good one stays, and the log says so.
   */
  certificate: CredentialSource;
  /** The name that clients connect to, which the certificate has to be for. Default `hostName`. */
  serverName?: string;
  /**
   * By login, what it may send from: addresses and whole domains (without their subdomains). With it, a login that is not
   * here may send nothing. Others are refused with 553 5.7.1. Default: every login may use every sender that `senders`
   * lets pass.
   */
  senders?: Record<string, string[]>;
}

/**
 * How many logins an address may try within a minute, right or wrong. A client that keeps its connection needs one, and
 * nobody guesses a password with 30 a minute.
 */
const LOGINS_PER_MINUTE = 30;

/** Everything that is wrong with the submission's settings; paths begin with `submission`. */
export function checkSubmission({ submission, senders }: RelaySettings): Fault[] {
  if (submission === undefined) {
    return [];
  }
  const { users, certificate, serverName } = submission;
  const faults = [
    ...checkCredential(users, "submission.users"),
    ...checkCredential(certificate, "submission.certificate"),
    ...(serverName === undefined ? [] : checkHostName(serverName, "submission.serverName")),
    ...checkLoginSenders(submission.senders, senders),
  ];
  if (users.source !== "file" && isDeepStrictEqual(users, certificate)) {
    const reason = "is where the users are, and one place cannot hold both";
    faults.push({ path: "submission.certificate", reason, next: "Give it a place of its own." });
  }
  return faults;
}

/** What Debian's archive has for it: Dovecot without its mail servers. */
export function submissionPackages({ submission }: RelaySettings): string[] {
  return submission === undefined ? [] : ["dovecot-core"];
}

/** The files for logins; none without `submission`. */
export function submissionFiles(settings: RelaySettings): ServerFile[] {
  return settings.submission === undefined ? [] : dovecotFiles(settings);
}

/** The step of the setup that turns logins on, in shell; after Postfix has made the folder of Dovecot's socket. */
export function loginStep({ submission }: RelaySettings): string {
  return submission === undefined ? "" : "systemctl restart dovecot.service\n";
}

/** Who may hand in mail: the value of smtpd_client_restrictions and of smtpd_relay_restrictions. */
export function clientRestrictions({ submission }: RelaySettings): string {
  return `permit_mynetworks, ${submission === undefined ? "" : "permit_sasl_authenticated, "}reject`;
}

/**
 * The options of smtpd(8) that turn logins on, for a line of master.cf; empty without `submission`. In main.cf they would
 * hold for port 25 too.
 */
export function loginOptions({ submission }: RelaySettings): string {
  return submission === undefined
    ? ""
    : ` -o smtpd_sasl_auth_enable=yes${loginSenderOption(submission.senders)}`;
}

/** The lines of main.cf for logins; master.cf turns them on, on the submission ports only. */
export function submissionLines({ submission }: RelaySettings): string[] {
  return submission === undefined
    ? []
    : [
        "# Logins, checked by Dovecot; only after TLS, and only on the ports where master.cf turns them on.",
        "smtpd_sasl_type = dovecot",
        `smtpd_sasl_path = ${AUTH_SOCKET}`,
        "smtpd_tls_auth_only = yes",
        "# On 465 TLS is not offered but required, for which Postfix has a limit of its own.",
        "smtpd_tls_mandatory_protocols = >=TLSv1.2",
        `smtpd_client_auth_rate_limit = ${LOGINS_PER_MINUTE}`,
      ];
}
