import { renderUnit, type ServerFile } from "./file";
import { CREDENTIAL_FILE, nextHop } from "./main-cf";
import type { RelaySettings } from "./settings";

/** How often the server looks for a new password, in seconds. The change itself needs no other step. */
export const CREDENTIAL_INTERVAL_SECONDS = 300;

/** Fetches the password once. */
export const CREDENTIAL_SERVICE = "smarthost-credential.service";

/** The timer that fetches the password at every boot and then in the interval. */
export const CREDENTIAL_TIMER = "smarthost-credential.timer";

/**
 * What brings the smart host's password onto the server: the instance's role (IMDSv2) reads one SSM SecureString
 * by a signed request of curl's, and the password goes into a table that only root can read. Neither it nor the
 * role's keys ever stand in a process's arguments or in a log.
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
  const { parameterName, region } = settings.credential;
  // China's regions have a domain of their own (AWS, "Systems Manager endpoints and quotas").
  const host = `ssm.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  return `#!/bin/sh
# Fetches the smart host's password from SSM by the instance's role.
set -eu
umask 077
table=${CREDENTIAL_FILE}
done=/run/smarthost-credential.done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Secrets go to curl in files: its arguments would show in the process list.
imds=http://169.254.169.254/latest
curl -sS --fail -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' -o "$work/token" $imds/api/token
printf 'header = "X-aws-ec2-metadata-token: %s"\\n' "$(cat "$work/token")" > "$work/imds"
role=$(curl -sS --fail -m 5 -K "$work/imds" $imds/meta-data/iam/security-credentials/)
curl -sS --fail -m 5 -K "$work/imds" -o "$work/role" "$imds/meta-data/iam/security-credentials/$role"
jq -r '"user = \\"\\(.AccessKeyId):\\(.SecretAccessKey)\\"\\nheader = \\"X-Amz-Security-Token: \\(.Token)\\""' "$work/role" > "$work/aws"
if ! curl -sS --fail-with-body -m 20 -K "$work/aws" --aws-sigv4 aws:amz:${region}:ssm -o "$work/answer" \\
  -H 'Content-Type: application/x-amz-json-1.1' -H 'X-Amz-Target: AmazonSSM.GetParameter' \\
  -d '{"Name":"${parameterName}","WithDecryption":true}' https://${host}/
then
  [ ! -s "$work/answer" ] || jq -r '"SSM: \\(.__type // "no type"): \\(.message // .Message // "no message")"' "$work/answer" >&2
  echo 'The password was not fetched; mail is kept. Check parameter ${parameterName} and the role.' >&2
  exit 1
fi

# A line break would end the table's entry, and white space its value.
if ! jq -e '.Parameter.Value | test("\\\\A[!-~]+\\\\z")' "$work/answer" >/dev/null; then
  echo 'Parameter ${parameterName} is empty or has white space, a line break or a character outside ASCII; mail is kept. Store the bare password.' >&2
  exit 1
fi
jq -r '"${nextHop(settings)} ${settings.smartHost.user}:\\(.Parameter.Value)"' "$work/answer" > "$work/table"

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
