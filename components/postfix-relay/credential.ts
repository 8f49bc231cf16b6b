import { type CredentialSource, PASSWORD_FOLDER, passwordFile, regionDomain } from "./credential-source";
import { renderUnit, type ServerFile } from "./file";
import { CREDENTIAL_FILE } from "./main-cf";
import type { RelaySettings } from "./settings";
import { nextHop, smartHostList } from "./smart-host-list";

/** How often the server looks for a new password, in seconds. The change itself needs no other step. */
export const CREDENTIAL_INTERVAL_SECONDS = 300;

/** Fetches the password once. */
export const CREDENTIAL_SERVICE = "smarthost-credential.service";

/** The timer that fetches the password at every boot and then in the interval. */
export const CREDENTIAL_TIMER = "smarthost-credential.timer";

/**
 * What brings the smart host's password into a table that only root can read: from SSM, where the instance's role
 * (IMDSv2) reads one SecureString by a signed request of curl's, or from a file that the operator puts onto the
 * server. Neither it nor the role's keys ever stand in a process's arguments or in a log.
 *
 * As long as there is no password, mail is accepted and kept. A password that the smart host refuses (535)
 * keeps it too; Postfix treats that as temporary (`smtp_sasl_auth_soft_bounce`).
 */
export function credentialFiles(settings: RelaySettings): ServerFile[] {
  return [
    { path: "/usr/local/sbin/smarthost-credential", mode: "0755", content: script(settings) },
    { path: `/etc/systemd/system/${CREDENTIAL_SERVICE}`, mode: "0644", content: SERVICE },
    { path: `/etc/systemd/system/${CREDENTIAL_TIMER}`, mode: "0644", content: TIMER },
  ];
}

const SERVICE = renderUnit({
  Unit: {
    Description: "Fetch the smart host's password",
    Wants: "network-online.target",
    After: "network-online.target postfix.service postfix@-.service",
    StartLimitIntervalSec: "0",
  },
  Service: {
    Type: "oneshot",
    ExecStart: "/usr/local/sbin/smarthost-credential",
    Restart: "on-failure",
    RestartSec: "10",
  },
});

const TIMER = renderUnit({
  Unit: { Description: "Look for a new password of the smart host" },
  Timer: {
    OnActiveSec: "0",
    OnUnitActiveSec: String(CREDENTIAL_INTERVAL_SECONDS),
    AccuracySec: "1s",
  },
  Install: { WantedBy: "timers.target" },
});

function script(settings: RelaySettings): string {
  const hosts = smartHostList(settings);
  const sources = new Set(hosts.map(({ credential }) => credential.source));
  const calls = hosts.map(({ endpoint, credential }, index) => {
    const [fetch, label] = fetching(credential, index);
    return `${fetch}\nentry '${label}' '${nextHop(endpoint)}' '${endpoint.user}'\n`;
  });
  return `#!/bin/sh
# Puts the smart host's password into Postfix's table.
set -eu
umask 077
table=${CREDENTIAL_FILE}
done=/run/smarthost-credential.done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

${sources.has("ssm") ? FROM_SSM : ""}${sources.has("file") ? FROM_FILE : ""}
# A line break would end the table's entry, and white space its value.
entry() {
  if ! jq -e '.Parameter.Value | test("\\\\A[!-~]+\\\\z")' "$work/answer" >/dev/null; then
    echo "$1 is empty or has white space, a line break or a character outside ASCII; mail is kept. Store the bare password." >&2
    exit 1
  fi
  jq -r --arg hop "$2" --arg user "$3" '"\\($hop) \\($user):\\(.Parameter.Value)"' "$work/answer" >> "$work/table"
}

${calls.join("")}
# Also once after every boot: what waited for this is sent now, not at its next turn.
if [ -e $done ] && cmp -s "$work/table" $table; then exit 0; fi
rm -f $done
install -m 600 "$work/table" $table.new
mv $table.new $table
postfix status 2>/dev/null || exit 0
postfix reload
# A reload replaces the queue manager, and a request that reaches the old one is lost with it.
sleep 2
postqueue -f
touch $done
echo 'The password is in place.'
`;
}

/**
 * The command that brings a password to $work/answer, in the form of SSM's answer, and what the messages call its place.
 * The table is made of all passwords or of none: without its entry, Postfix would go to a host without a login, and
 * the host would refuse the message for good.
 */
function fetching(credential: CredentialSource, index: number): [command: string, label: string] {
  if (credential.source === "file") {
    const file = passwordFile(index);
    return [`file ${file}`, file];
  }
  const { parameterName, region } = credential;
  return [
    `ssm ${parameterName} ${region} https://ssm.${regionDomain(region)}/`,
    `Parameter ${parameterName}`,
  ];
}

const FROM_SSM = `# Secrets go to curl in files: its arguments would show in the process list.
imds=http://169.254.169.254/latest
curl -sS --fail -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' -o "$work/token" $imds/api/token
printf 'header = "X-aws-ec2-metadata-token: %s"\\n' "$(cat "$work/token")" > "$work/imds"
role=$(curl -sS --fail -m 5 -K "$work/imds" $imds/meta-data/iam/security-credentials/)
curl -sS --fail -m 5 -K "$work/imds" -o "$work/role" "$imds/meta-data/iam/security-credentials/$role"
jq -r '"user = \\"\\(.AccessKeyId):\\(.SecretAccessKey)\\"\\nheader = \\"X-Amz-Security-Token: \\(.Token)\\""' "$work/role" > "$work/aws"
ssm() {
  rm -f "$work/answer"
  curl -sS --fail-with-body -m 20 -K "$work/aws" --aws-sigv4 aws:amz:$2:ssm -o "$work/answer" \\
    -H 'Content-Type: application/x-amz-json-1.1' -H 'X-Amz-Target: AmazonSSM.GetParameter' \\
    -d '{"Name":"'$1'","WithDecryption":true}' $3 && return
  [ ! -s "$work/answer" ] || jq -r '"SSM: \\(.__type // "no type"): \\(.message // .Message // "no message")"' "$work/answer" >&2
  echo "The password was not fetched; mail is kept. Check parameter $1 and the role." >&2
  exit 1
}
`;

const FROM_FILE = `[ -d ${PASSWORD_FOLDER} ] || install -d -m 700 ${PASSWORD_FOLDER}
file() {
  if [ ! -e $1 ]; then
    echo "waiting for the smart host's password in $1 (root's, mode 600); mail is kept until then" >&2
    exit 1
  fi
  case $(stat -L -c '%u %a' $1) in
    '0 600' | '0 400') ;;
    *) echo "$1 is not root's alone; mail is kept. Run: chown root $1; chmod 600 $1" >&2; exit 1 ;;
  esac
  jq -Rs '{Parameter: {Value: rtrimstr("\\n")}}' $1 > "$work/answer"
}
`;
