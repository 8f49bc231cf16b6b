import { TLS_FILE } from "../postfix/main-cf";
import type { RelaySettings } from "../settings";
import { fetchFromAws } from "./credential-fetch";
import { awsPlace, type CredentialSource, PASSWORD_FOLDER } from "./credential-source";
import { USERS_FILE } from "./dovecot";
import { READY_FILE } from "./ready-file";
import { runScript, type ScriptParameter, scriptParameter } from "./script-parameter";

/** Where the operator puts the users with source `file`; root's, mode 0600 or 0400. */
export const USERS_SOURCE = `${PASSWORD_FOLDER}/users`;

/** Where the operator puts key and certificates with source `file`; root's, mode 0600 or 0400. */
export const CERTIFICATE_SOURCE = `${PASSWORD_FOLDER}/certificate.pem`;

/** Where the script that takes users and certificate over is kept, when it comes from SSM. */
const STORED_SCRIPT = READY_FILE.replace(/ready$/, "submission");

/** Where the data of the submission ports come from; none without `submission`. */
export function submissionSources({ submission }: RelaySettings): CredentialSource[] {
  return submission === undefined ? [] : [submission.users, submission.certificate];
}

/** The script that takes users and certificate over; the role has to be allowed to read it. */
export interface SubmissionParameter extends ScriptParameter {
  region: string;
}

/**
 * The script that takes users and certificate over, and the parameter to keep it in: EC2's 16 KB of user data have no room
 * for it beside metrics and alarms. Undefined without `submission`, and where the first password does not come from AWS:
 * then it is in user data.
 */
export function submissionParameter(settings: RelaySettings): SubmissionParameter | undefined {
  const place = settings.submission === undefined ? undefined : awsPlace(settings);
  return (
    place && { ...scriptParameter(`${place.prefix}.submission`, takeOver(settings)), region: place.region }
  );
}

/**
 * The part of the credential script that brings users and certificate, in shell. It has the functions `ssm`, `stored` and
 * `file`, which leave an answer of SSM's form in the file answer. A fault of one leaves what the server has, says so, and
 * stops nothing else; the timer tries again. Empty without `submission`.
 */
export function submissionStep(settings: RelaySettings): string {
  const parameter = submissionParameter(settings);
  if (parameter === undefined) {
    return takeOver(settings);
  }
  return `
# Logins and certificate of the submission ports.
set +e
(
set -e
${runScript(parameter, parameter.region, STORED_SCRIPT)}
)
set -e
`;
}

function takeOver({ submission, hostName }: RelaySettings): string {
  if (submission === undefined) {
    return "";
  }
  const { users, certificate, serverName = hostName } = submission;
  return `
# Logins and certificate of the submission ports; what has a fault is not taken over.
no() { echo "$at: $*; what was there stays." >&2; exit 1; }
put() {
  cmp -s new $1 && exit
  install -m 640 -g $2 new $1.new
  mv $1.new $1
  echo "$1 is changed."
}
set +e
(
set -e
${fetching(users, USERS_SOURCE)}
jq -r .Parameter.Value answer | tr -d '\\r' | grep . > new || no 'no users'
bad=$(awk -F: '!/^[a-z0-9._@-]+:{(ARGON2ID|BLF-CRYPT|SHA512-CRYPT)}[$][!-9;-~]+$/ || seen[$1]++ { printf " " NR }' new)
[ -z "$bad" ] || no "line$bad is not NAME:{SCHEME}HASH, or its name is there twice"
put ${USERS_FILE} dovecot
)
(
set -e
${fetching(certificate, CERTIFICATE_SOURCE)}
jq -r .Parameter.Value answer > pem
sed -n '/^-----BEGIN CERT/,/^-----END CERT/p' pem > chain
openssl pkey -passin pass: -in pem -out new 2>/dev/null || no 'no private key, or one with a passphrase'
# The certificate itself is trusted here: which authorities clients trust, they know.
openssl verify -partial_chain -trusted chain -purpose sslserver -auth_level 2 -verify_hostname ${serverName} chain >/dev/null ||
  no 'no valid certificate for ${serverName}'
[ "$(openssl x509 -noout -pubkey -in chain)" = "$(openssl pkey -pubout -in new)" ] || no 'the certificate is of another key'
cat chain >> new
put ${TLS_FILE} root
! postfix status 2>/dev/null || postfix reload
)
set -e
`;
}

/** The commands that bring a value to the file answer; messages call its place $at. */
function fetching(source: CredentialSource, file: string): string {
  if (source.source === "file") {
    return `at=${file}\n[ -e $at ] || no "waiting for the file (root's, mode 600)"\nfile $at`;
  }
  const { command, label } = fetchFromAws(source);
  return `at='${label}'\n${command} || no 'not fetched; check the role'`;
}
