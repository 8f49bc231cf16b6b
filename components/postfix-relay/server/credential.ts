import type { RelaySettings } from "../settings";
import { AWS_SESSION_FILE, WORK_FOLDER } from "./aws-session";
import { type FetchedValue, fetchFromAws, SECRET_FUNCTION } from "./credential-fetch";
import { type CredentialSource, PASSWORD_FOLDER, passwordFile } from "./credential-source";
import { renderUnit, type ServerFile } from "./file";
import { type PasswordTable, passwordTables } from "./password-tables";
import { submissionSources, submissionStep } from "./submission-data";

/** How often the server looks for a new password, in seconds. The change itself needs no other step. */
export const CREDENTIAL_INTERVAL_SECONDS = 300;

/** Fetches the password once. */
export const CREDENTIAL_SERVICE = "smarthost-credential.service";

/** The timer that fetches the password at every boot and then in the interval. */
export const CREDENTIAL_TIMER = "smarthost-credential.timer";

/**
 * What brings the smart host's password into a table that only root can read: from SSM or Secrets Manager, where
 * the instance's role (IMDSv2) reads it by a signed request of curl's, or from a file that the operator puts onto the
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
  const tables = passwordTables(settings);
  const passwords = tables.flatMap(({ entries }) => entries.map(({ credential }) => credential));
  const sources = new Set([...passwords, ...submissionSources(settings)].map(({ source }) => source));
  const usesAws = sources.has("ssm") || sources.has("secretsmanager");
  return `#!/bin/sh
# Puts the passwords of smart hosts into Postfix's tables.
set -eu
${usesAws ? `. ${AWS_SESSION_FILE}\n` : WORK_FOLDER}done=/run/smarthost-credential.done

${sources.has("secretsmanager") ? SECRET_FUNCTION : ""}${sources.has("file") ? FROM_FILE : ""}
kept() {
  echo "$1" >&2
  exit 1
}
# A line break would end the table's entry, and white space its value.
entry() {
  label=$1 hop=$2 user=$3
  shift 3
  "$@" || kept "The password was not fetched; mail is kept. Check $label and the role."
  jq -er --arg hop "$hop" --arg user "$user" '.Parameter.Value | select(test("\\\\A[!-~]+\\\\z")) | "\\($hop) \\($user):\\(.)"' answer >> table ||
    kept "$label is empty or has white space or a character outside ASCII; mail is kept. Store the bare password."
}
take() {
  cmp -s table $1 || {
    rm -f $done
    install -m 600 table $1.new
    mv $1.new $1
  }
  touch taken
}
${submissionStep(settings)}
${tableSteps(tables)}# Also once after every boot: what waited for this is sent now, not at its next turn.
if [ -e taken ] && [ ! -e $done ] && postfix status 2>/dev/null; then
  postfix reload
  # A reload replaces the queue manager, and a request that reaches the old one is lost with it.
  sleep 2
  postqueue -f
  touch $done
  echo 'The password is in place.'
fi
${tables.length > 1 ? "exit $failed\n" : ""}`;
}

/** Brings the passwords of each table, all or none; one with a fault stays as it is, and stops no other. */
function tableSteps(tables: readonly PasswordTable[]): string {
  const steps = tables.map(tableStep);
  return steps.length <= 1
    ? steps.join("")
    : `failed=0
set +e
${steps.map((step) => `(\nset -e\n${step})\n[ $? = 0 ] || failed=1\n`).join("")}set -e
`;
}

function tableStep({ path, entries }: PasswordTable): string {
  const calls = entries.map(({ host, user, credential, place }) => {
    const { command, label } = fetching(credential, place);
    return `entry '${label}' '${host}' '${user}' ${command}\n`;
  });
  return `: > table\n${calls.join("")}take ${path}\n`;
}

/** @param place place in the list of smart hosts, from 0, or a route's name */
function fetching(credential: CredentialSource, place: number | string): FetchedValue {
  const file = passwordFile(place);
  return credential.source === "file" ? { command: `file ${file}`, label: file } : fetchFromAws(credential);
}

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
  jq -Rs '{Parameter: {Value: rtrimstr("\\n")}}' $1 > answer
}
`;
